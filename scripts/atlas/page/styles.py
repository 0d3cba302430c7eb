"""The looks of the page: system fonts, three colours for verdicts that differ also in lightness, print rules."""

STYLE = """
:root{--ink:#1b1f24;--soft:#57606a;--line:#d8dde3;--wash:#f5f7f9;--paper:#fff;--link:#0b57a4;
--reproduced:#0b5fa5;--refuted:#a63c06;--inconclusive:#5b6068;
--reproduced-wash:#e3eef8;--refuted-wash:#fbe9df;--inconclusive-wash:#eceef0;
--serif:Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4",Georgia,"DejaVu Serif",serif;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;
--mono:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
*{box-sizing:border-box}
html{color-scheme:light;scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:break-word}
header.top,main,footer{max-width:74rem;margin:0 auto;padding:0 1.5rem}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:.06em}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,[tabindex]:focus-visible
{outline:3px solid #f0a202;outline-offset:2px;border-radius:3px}
h1,h2,h3,h4{font-family:var(--serif);line-height:1.2;font-weight:600;margin:0;text-wrap:balance}
h1{font-size:2.5rem;letter-spacing:-.01em}h1.of-paper{font-size:2.1rem;max-width:52rem}
h2{font-size:1.55rem;margin:3.2rem 0 1rem}
h3{font-size:1.12rem;margin:1.8rem 0 .7rem}
p{margin:.5rem 0;max-width:44rem}
code,kbd{font:.86em/1.45 var(--mono);overflow-wrap:anywhere}
main:focus{outline:none}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:#fff;padding:.4rem .8rem;z-index:9}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.soft{color:var(--soft)}.small{font-size:.875rem}.num{text-align:right;font-variant-numeric:tabular-nums}
header.top{padding-top:0}
nav[aria-label=Site]{display:flex;flex-wrap:wrap;gap:.2rem 1.6rem;align-items:baseline;padding:.9rem 0;margin-bottom:2.2rem;border-bottom:1px solid var(--line);font-size:.9rem}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:0;padding:0}nav .home{font-family:var(--serif);font-weight:600;color:var(--ink);text-decoration:none;margin-right:auto;font-size:1rem}
nav a{text-decoration:none}nav a:hover,nav li a[aria-current]{text-decoration:underline}
nav.contents{margin:1.3rem 0 0;padding:.6rem 0;border-top:1px solid var(--line);border-bottom:1px solid var(--line);font-size:.9rem}
.lead{font-family:var(--serif);font-size:1.15rem;line-height:1.5;color:#33383f;max-width:48rem}
.counts{margin-top:1rem;font-weight:600}
.tally{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.8rem;list-style:none;margin:1.8rem 0;padding:0}
.tally li{padding:.8rem 1rem;border-left:5px solid currentColor}
.tally b{display:block;font:600 2rem/1.15 var(--serif);font-variant-numeric:tabular-nums}
.tally span{color:var(--ink);font-size:.9rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.9rem 1.5rem;margin:1.5rem 0 0;padding:1rem 0;
border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.facts dt{font-size:.8rem;color:var(--soft)}.facts dd{margin:0;font-variant-numeric:tabular-nums}
.reproduced{color:var(--reproduced)}.refuted{color:var(--refuted)}.inconclusive{color:var(--inconclusive)}
.tally .reproduced,.cell.reproduced,.reproduced .badge{background:var(--reproduced-wash)}
.tally .refuted,.cell.refuted,.refuted .badge{background:var(--refuted-wash)}
.tally .inconclusive,.cell.inconclusive,.inconclusive .badge{background:var(--inconclusive-wash)}
.badge{display:inline-block;padding:.05rem .6rem;border-radius:1rem;font-weight:600;font-size:.85rem;white-space:nowrap}
form.filter{display:flex;flex-wrap:wrap;gap:.7rem 1rem;align-items:end;padding:.9rem 1rem;margin:1.2rem 0;background:var(--wash);border-radius:6px}
form.filter[hidden]{display:none}
.filter fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem .9rem;align-items:center;min-height:2.25rem}
.filter legend{float:left;font-size:.8rem;color:var(--soft);margin-right:.8rem}
.filter label{font-size:.9rem}.filter .field>span{display:block;font-size:.8rem;color:var(--soft)}
.filter select,.filter input[type=search],.filter button,.sliders select{font:inherit;font-size:.9rem;height:2.25rem;padding:0 .6rem;
border:1px solid #8c959f;border-radius:4px;background:#fff;color:inherit;max-width:100%}
.filter select,.filter input[type=search]{width:9.6rem}.filter button{cursor:pointer}
.filter .status{flex-basis:100%;margin:0;font-size:.875rem;color:var(--soft)}
.box{position:relative;overflow-x:auto;margin:.8rem 0;max-width:100%}
table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.4rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-size:.8rem;font-weight:600;color:var(--soft);border-bottom:1.5px solid #8c959f;vertical-align:bottom;white-space:nowrap}
th.num{text-align:right}
tbody th{font-weight:400}tfoot td,tfoot th{border-bottom:0;font-weight:600}
.costs tbody tr:last-child>*{border-bottom-color:#8c959f}
td:has(svg.bar){vertical-align:middle}h2 a,h3 a{text-decoration:none}h2 a:hover,h3 a:hover{text-decoration:underline}svg.bar{width:10rem;height:.6rem;display:block;background:var(--wash)}svg.bar rect{fill:var(--link)}
.matrix{width:100%}.matrix td,.matrix th{vertical-align:middle}
.matrix tbody th{width:17rem;line-height:1.35}
.matrix .topic th{padding-top:1.1rem;font-size:.8rem;font-weight:600;color:var(--soft);border-bottom-color:#8c959f}
.matrix td{font-size:.85rem}.matrix td.num,.matrix td:last-child{white-space:nowrap}.matrix .when{min-width:6.5rem}
.cells ul{display:flex;flex-wrap:wrap;gap:.25rem;list-style:none;margin:0;padding:.15rem 0}
.cell{display:block;min-width:3.35rem;padding:.2rem .3rem;text-align:center;text-decoration:none;font-weight:600;font-size:.8rem;white-space:nowrap;border-radius:3px;border:1px solid transparent}
.cell.refuted{border-color:currentColor}.cell.inconclusive{border:1px dashed currentColor}
.cell:hover{text-decoration:underline}.cell.off{visibility:hidden}
.legend,.key{font-size:.875rem;max-width:60rem}.key{display:flex;gap:1.2rem;align-items:center}.picture{flex:0 0 200px}
.notes{list-style:none;margin:1rem 0;padding:0;max-width:56rem}.notes li{padding:.55rem 0 .55rem 1rem;margin:.4rem 0;border-left:4px solid var(--refuted)}
.notes p{margin:.15rem 0 0;max-width:none}
.claimlist{list-style:none;padding:0;margin:0;max-width:62rem;columns:1}
.claimlist li{color:var(--ink);padding:.3rem 0 .3rem 5.65rem;text-indent:-5.65rem;border-bottom:1px solid var(--line);font-size:.93rem}
.claimlist li>*{text-indent:0}.claimlist b{display:inline-block;width:2.1rem;text-align:center;font-size:.85rem;font-weight:600;margin-right:.3rem}.claimlist a{display:inline-block;min-width:2.7rem}
.claimlist .reproduced b{color:var(--reproduced)}.claimlist .refuted b{color:var(--refuted)}.claimlist .inconclusive b{color:var(--inconclusive)}
.gallery{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:1.2rem}
.gallery a{display:block;text-decoration:none;font-size:.82rem;line-height:1.35}.gallery a:hover span{text-decoration:underline}
.gallery img{display:block;width:100%;height:8.5rem;object-fit:contain;object-position:left center;background:#fff;border:1px solid var(--line);border-radius:4px;padding:.4rem;margin-bottom:.35rem}
.by{margin:.5rem 0 1rem}
.difference{border-left:4px solid var(--refuted);padding:.1rem 0 .1rem 1.1rem;margin:1.2rem 0}.difference>p:first-child{font-family:var(--serif);font-size:1.06rem;max-width:52rem}
.difference td b{color:var(--refuted)}
.equations{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:0 2.5rem}.equations h3{margin-top:0}
.equation{margin:0 0 1.1rem}.equation p{font-size:.9rem;color:var(--soft);margin:0}.math{display:flex;flex-wrap:wrap;gap:.1rem 2rem;overflow-x:auto;overflow-y:hidden;padding:.35rem 0}
math{font-size:1.12rem;width:max-content;font-family:"Latin Modern Math","STIX Two Math","Cambria Math","New Computer Modern Math","TeX Gyre Termes Math","DejaVu Math TeX Gyre",math}math[display=block]{text-align:left;display:block math;margin:0}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));gap:2.6rem 2rem;align-items:start}
figure{margin:0;min-width:0}figure h3{margin-top:0}
figure.wide{grid-column:1/-1}
@media (min-width:56rem){figure.wide{display:grid;grid-template:repeat(3,auto) 1fr/minmax(0,2fr) minmax(0,1fr);gap:0 1.8rem}
figure.wide>*{grid-column:2}figure.wide>a{grid-column:1;grid-row:1/span 4}figure.wide figcaption{margin-top:0}}
.zoom{display:block;cursor:zoom-in}img{max-width:100%}.zoom img{display:block;width:100%;height:auto;background:#fff;border:1px solid var(--line);border-radius:4px;padding:.5rem}
figcaption{font-size:.9rem;margin-top:.6rem}figcaption p{margin:.3rem 0 0}.means{list-style:none;margin:.4rem 0;padding:0}.means li{padding-left:2.1rem;position:relative}.means b{font-weight:600}
.means li::before{content:"";position:absolute;left:0;top:.68em;width:1.5rem;border-top:2.2px solid var(--link)}.means .markers::before{border-top-width:1px}
.means .markers::after{content:"";position:absolute;left:.47rem;top:.42em;width:.56rem;height:.56rem;box-sizing:border-box;border:2px solid var(--link);border-radius:50%;background:#fff}
.mark{display:inline-block;font:600 .75rem/1.5 var(--sans);border:1px solid currentColor;border-radius:3px;padding:0 .4rem;color:var(--soft);white-space:nowrap}
.links{font-size:.85rem;margin:.4rem 0}.links a{margin-left:.5rem}
dialog{width:min(96vw,88rem);max-width:none;max-height:94vh;border:0;border-radius:6px;padding:1rem 1.2rem;box-shadow:0 10px 50px #0006}
dialog::backdrop{background:#1b1f24cc}dialog img{display:block;width:100%;max-height:72vh;object-fit:contain;background:#fff}
dialog .bar{display:flex;gap:1rem;justify-content:space-between;align-items:baseline;margin-bottom:.6rem;font-weight:600}
dialog button{font:inherit;font-size:.9rem;padding:.3rem .8rem;border:1px solid #8c959f;border-radius:4px;background:#fff;cursor:pointer}
.claim{border:1px solid var(--line);border-left:5px solid currentColor;border-radius:4px;padding:1rem 1.3rem;margin:1.4rem 0}
.claim>*{color:var(--ink)}
.claim .head{margin:0 0 .4rem;font-size:.85rem;color:var(--soft);max-width:none}.claim h3{margin:0 0 .3rem;max-width:52rem}
.claim .why{font-size:.93rem;max-width:56rem}
.cause{background:var(--refuted-wash);padding:.5rem .8rem;border-radius:4px;font-size:.93rem;max-width:56rem}.claim:not(.refuted) .cause{background:var(--wash)}
.trial{font-size:.9rem;max-width:60rem;margin:.35rem 0}
.checks tr{color:var(--ink)!important}.checks b,.claim.reproduced .badge{color:var(--reproduced)}.checks .refuted b,.claim.refuted .badge{color:var(--refuted)}.checks .inconclusive b,.claim.inconclusive .badge{color:var(--inconclusive)}
.checks{table-layout:fixed;width:100%;margin:.6rem 0}.checks th,.checks td{padding:.45rem .9rem .45rem 0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}.checks thead th{border-bottom:1px solid var(--line)}
.checks tbody th{font-weight:400}.checks th:nth-child(1){width:19%}.checks th:nth-child(2){width:24%}.checks th:nth-child(4){width:16%}.checks th:nth-child(5){width:8%}.checks th:nth-child(6){width:15%}
.checks b{display:block;font-weight:600}.checks i{display:block;color:var(--soft);font-style:normal;font-size:.85em}
.about{list-style:none;margin:.4rem 0;padding:0;max-width:60rem}.about li{margin:.35rem 0}
.checks td[style],.picture{--u:calc(5px/6);--e:-99;--d:-99;--h:0;--b:0;--k:-99;--a:"";--c:var(--reproduced)}.refuted>td[style]{--c:var(--refuted)!important}.inconclusive>td[style]{--c:var(--inconclusive)!important}
td[style]::before,.picture::before{content:var(--a);display:block;width:200px;height:25px;line-height:25px;text-indent:calc(var(--k)*var(--u) - .65em);overflow:hidden;print-color-adjust:exact;-webkit-print-color-adjust:exact;forced-color-adjust:none;color:#1b1f24;
background:linear-gradient(45deg,#0000 44%,#1b1f24 44% 56%,#0000 56%) calc(var(--k)*var(--u) - 4px)/8px 8px,linear-gradient(-45deg,#0000 44%,#1b1f24 44% 56%,#0000 56%) calc(var(--k)*var(--u) - 4px)/8px 8px,
radial-gradient(closest-side,var(--c) 88%,#0000) calc(var(--d)*var(--u) - 4px)/8px 8px,linear-gradient(var(--c) 0 0) calc(var(--h)*var(--u))/calc(var(--b)*var(--u)) 2px,
linear-gradient(#2c7a4b 0 0) calc(var(--e)*var(--u))/1.3px 17px,linear-gradient(#9ccfae8c 0 0) calc(var(--n)*var(--u))/calc(var(--w)*var(--u)) 17px,linear-gradient(#8c959f 0 0) 0/100% 1px;background-repeat:no-repeat;background-position-y:50%}
details{margin:.6rem 0;font-size:.875rem}summary{cursor:pointer;color:var(--link);width:fit-content}
details[open]>summary{margin-bottom:.4rem}
pre{font:.82rem/1.5 var(--mono);background:var(--wash);padding:.5rem .7rem;border-radius:4px;overflow-x:auto;margin:.4rem 0}
div.chain div.chain{margin-left:1rem;padding-left:.8rem;border-left:1px solid var(--line)}.chain .job,.chain dl{margin:.1rem 0}.chain summary,.job summary{color:var(--link)}
.job{border-bottom:1px solid var(--line);margin:0;padding:.35rem 0}.chain .job{border:0;padding:0}
.job dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;margin:.3rem 0 .6rem;padding-left:1rem;font-size:.84rem}.job dt{color:var(--soft)}.job dd{margin:0;overflow-wrap:anywhere}
:target{background:#fff3d1}h2:target,section:target,.claim:target,figure:target{background:none;outline:3px solid #f0a202;outline-offset:6px;border-radius:3px}
.explorations{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:1.5rem 2.5rem}.exploration{min-width:0;max-width:40rem}.exploration h3{margin-top:.5rem}
.plot svg{display:block;width:100%;height:auto;font:12px var(--sans);background:#fff}
.plot .axis{stroke:#57606a;fill:none}.plot .grid{stroke:#e6e9ed;fill:none}.plot text{fill:#33383f}
.plot .ghost{stroke:#b9c0c8;fill:none;stroke-width:1}
.sliders{display:grid;gap:.5rem;margin:.4rem 0}.sliders label{display:grid;grid-template-columns:10rem minmax(0,1fr) 5rem;gap:.3rem .8rem;align-items:center;font-size:.9rem}
.sliders input{width:100%;accent-color:var(--link)}.sliders output{font-variant-numeric:tabular-nums;font-weight:600}.sliders select{grid-column:2/-1}
.reading{font-size:.875rem;min-height:1.4em;color:var(--soft)}
[hidden]{display:none!important}
footer{margin-top:5rem!important;padding-top:1.2rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}footer p{max-width:none}
@media (max-width:60rem){.checks,.checks tbody,.checks tr,.checks th,.checks td{display:block}.checks thead{display:none}.checks tbody tr{border-bottom:1px solid var(--line);padding:.5rem 0}.checks tbody th,.checks td{border:0;padding:.1rem 0;width:auto!important}
.checks td:nth-child(n+3){display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:0 .8rem}.checks td:nth-child(n+3)::before{color:var(--soft);grid-row:1/span 3}.checks td i{grid-column:2}.checks td:empty:not([style]){display:none}
.checks td:nth-child(3)::before{content:"Observed"}.checks td:nth-child(4)::before{content:"Allowed"}.checks td:nth-child(5)::before{content:"Margin"}.checks td:nth-child(6)::before{content:"Control"}}
@media (max-width:48rem){.matrix,.matrix tbody,.matrix tr,.matrix th,.matrix td{display:block;width:auto}.matrix thead{display:none}.matrix tr:not(.topic){border-bottom:1px solid #8c959f;padding:.6rem 0}
.matrix td,.matrix tbody th{border:0;padding:.15rem 0;text-align:left}.matrix td[data-label]{display:inline-block;margin-right:1rem;white-space:nowrap}.matrix td[data-label]::before{content:attr(data-label) " ";color:var(--soft)}}
@media (max-width:36rem){header.top,main,footer{padding-left:1rem;padding-right:1rem}nav[aria-label=Site]{margin-bottom:1.4rem}h1{font-size:1.9rem}h1.of-paper{font-size:1.55rem}
.key{flex-wrap:wrap}.tally{grid-template-columns:1fr;gap:.5rem}.tally li{display:flex;gap:.8rem;align-items:baseline;padding:.4rem .8rem}.tally b{font-size:1.5rem}
.claim{padding:.8rem .9rem}.filter .field,.filter select,.filter input[type=search]{width:100%}.sliders label{grid-template-columns:1fr auto}.sliders input{grid-column:1/-1;grid-row:2}.sliders select{grid-column:1/-1}
.gallery{grid-template-columns:repeat(2,minmax(0,1fr));gap:.8rem}.gallery img{height:6.5rem}.job dl{grid-template-columns:minmax(0,1fr)}}
@media print{body{font-size:10pt}header.top,main,footer{max-width:none;padding:0}.filter,.skip,nav,.sliders,.links{display:none!important}a{color:inherit;text-decoration:none}
figure,.claim,.checks tr,.difference,.equation,.exploration{break-inside:avoid}h2,h3{break-after:avoid}.claim,.badge,.cell,.tally li,svg.bar{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.box,pre,.math{overflow:visible}pre{white-space:pre-wrap}.cell{border-color:currentColor}.cell.off{display:none}}
"""
