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
h1{font-size:2.5rem;letter-spacing:-.01em}
h2{font-size:1.55rem;margin:3.5rem 0 1rem}
h3{font-size:1.15rem;margin:2.2rem 0 .9rem}
p{margin:.5rem 0;max-width:44rem}
code,kbd{font:.86em/1.45 var(--mono)}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:#fff;padding:.4rem .8rem;z-index:9}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.soft{color:var(--soft)}.small{font-size:.875rem}.num{text-align:right;font-variant-numeric:tabular-nums}
header.top{padding-top:3rem}
.lead{font-family:var(--serif);font-size:1.2rem;line-height:1.5;color:#33383f}
.tally{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.8rem;list-style:none;margin:1.8rem 0;padding:0}
.tally li{padding:.8rem 1rem;border-left:5px solid currentColor}
.tally b{display:block;font:600 2rem/1.15 var(--serif);font-variant-numeric:tabular-nums}
.tally span{color:var(--ink);font-size:.9rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:.9rem 1.5rem;margin:1.5rem 0 0;padding:1rem 0;
border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.facts dt{font-size:.8rem;color:var(--soft)}.facts dd{margin:0;font-variant-numeric:tabular-nums}
.reproduced{color:var(--reproduced)}.refuted{color:var(--refuted)}.inconclusive{color:var(--inconclusive)}
.tally .reproduced,.cell.reproduced,.claim.reproduced .badge{background:var(--reproduced-wash)}
.tally .refuted,.cell.refuted,.claim.refuted .badge{background:var(--refuted-wash)}
.tally .inconclusive,.cell.inconclusive,.claim.inconclusive .badge{background:var(--inconclusive-wash)}
.badge{display:inline-block;padding:.05rem .6rem;border-radius:1rem;font-weight:600;font-size:.85rem;white-space:nowrap}
form.filter{display:flex;flex-wrap:wrap;gap:.7rem 1rem;align-items:end;padding:.9rem 1rem;margin:1.2rem 0;background:var(--wash);border-radius:6px}
form.filter[hidden]{display:none}
.filter fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem .9rem;align-items:center;min-height:2.25rem}
.filter legend{float:left;font-size:.8rem;color:var(--soft);margin-right:.8rem}
.filter label{font-size:.9rem}.filter .field>span{display:block;font-size:.8rem;color:var(--soft)}
.filter select,.filter input[type=search],.filter button{font:inherit;font-size:.9rem;height:2.25rem;padding:0 .6rem;
border:1px solid #8c959f;border-radius:4px;background:#fff;color:inherit;max-width:100%}
.filter select,.filter input[type=search]{width:9.6rem}.filter button{cursor:pointer}
.filter .status{flex-basis:100%;margin:0;font-size:.875rem;color:var(--soft)}
.box{position:relative;overflow-x:auto;margin:1rem 0;max-width:100%}
table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.4rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-size:.8rem;font-weight:600;color:var(--soft);border-bottom:1.5px solid #8c959f;vertical-align:bottom;white-space:nowrap}
th.num{text-align:right}
tbody th{font-weight:400}tfoot td,tfoot th{border-bottom:0;font-weight:600}
.matrix{width:100%}.matrix td,.matrix th{vertical-align:middle}
.matrix tbody th{min-width:15rem;line-height:1.35}.matrix thead th.c{text-align:center;padding:.4rem .1rem}
.matrix td.c{padding:.15rem .1rem;width:2.5rem}
.matrix .topic th{padding-top:1.1rem;font-size:.8rem;font-weight:600;color:var(--soft);border-bottom-color:#8c959f}
.cell{display:block;min-width:2rem;padding:.34rem 0;text-align:center;text-decoration:none;font-weight:700;border-radius:3px;border:1px solid transparent}
.cell:hover{border-color:currentColor}.cell.off{opacity:.22}
.legend{font-size:.875rem}.legend p{max-width:60rem}.key{display:flex;gap:1.2rem;align-items:center}.key svg{flex:0 0 12rem}
.notes{list-style:none;margin:1rem 0;padding:0;max-width:56rem}.notes li{padding:.55rem 0 .55rem 1rem;margin:.4rem 0;border-left:4px solid var(--refuted)}
.notes p{margin:.15rem 0 0;max-width:none}
.paper{border-top:3px solid var(--ink);margin-top:4.5rem;padding-top:1.2rem}.paper h2{margin-top:0;font-size:1.9rem;max-width:50rem}
.by{margin:.4rem 0}.summary{font-family:var(--serif);font-size:1.06rem}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:2.4rem 1.8rem;align-items:start}
figure{margin:0;min-width:0}
figure.wide{grid-column:1/-1}
@media (min-width:56rem){figure.wide{display:grid;grid-template:repeat(3,auto) 1fr/minmax(0,2fr) minmax(0,1fr);gap:0 1.8rem}
figure.wide>*{grid-column:2}figure.wide>a{grid-column:1;grid-row:1/span 4}figure.wide figcaption{margin-top:0}}
figure h4{font:600 .95rem/1.4 var(--sans);margin-bottom:.5rem}
figure img{display:block;width:100%;height:auto;background:#fff;border:1px solid var(--line);border-radius:4px}
figcaption{font-size:.875rem;line-height:1.5;margin-top:.6rem}
.mark{font-size:.78rem;font-weight:600;color:#6a4a00;background:#fff3d1;border-radius:3px;padding:.1rem .45rem;white-space:nowrap}
.links{display:flex;flex-wrap:wrap;gap:.1rem .9rem;margin:.4rem 0;font-size:.82rem}
.claim{border:1px solid var(--line);border-left:6px solid currentColor;border-radius:5px;margin:1.1rem 0;padding:1rem 1.2rem}
.claim>*{color:var(--ink)}
.claim .reproduced{color:var(--reproduced)}.claim .refuted{color:var(--refuted)}.claim .inconclusive{color:var(--inconclusive)}
.claim h4{font-size:1.08rem;line-height:1.4;margin:.35rem 0 .1rem;max-width:50rem}
.claim .head{color:var(--soft);display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:baseline;margin:0;max-width:none;font-size:.9rem}
.claim .why{max-width:60rem;font-size:.925rem}
.cause{border-left:3px solid var(--refuted);background:var(--refuted-wash);padding:.45rem .8rem;font-size:.925rem;max-width:60rem}
.check{display:grid;grid-template-columns:minmax(9rem,13rem) 15rem minmax(0,1fr);gap:.3rem 1.4rem;padding:.8rem 0;border-top:1px solid var(--line);font-size:.9rem;align-items:start}
.check p,.check dl{margin:0;max-width:none}
.check .name{font-weight:600}.check dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem .8rem}
.check dt{color:var(--soft)}.check dd{margin:0;font-variant-numeric:tabular-nums;min-width:0}
.check i{font-style:normal;color:var(--soft)}.check dd code{color:var(--soft)}.trial{font-size:.875rem;max-width:60rem;margin:.35rem 0}
.check .about{grid-column:1/-1;color:var(--soft);font-size:.85rem}
.check code{overflow-wrap:anywhere}
svg.i{display:block;width:100%;max-width:15rem;height:auto;background:linear-gradient(#8c959f,#8c959f) 0 50%/100% 1px no-repeat}
.i .n{fill:#9ccfae;fill-opacity:.55}.i .h{stroke:currentColor;stroke-width:2.4}.i circle{fill:currentColor}
.i .k{stroke:#1b1f24;stroke-width:1.6;fill:none}
details{margin:.6rem 0;font-size:.875rem}summary{cursor:pointer;color:var(--link);width:fit-content}
details[open]>summary{margin-bottom:.4rem}
pre{font:.82rem/1.5 var(--mono);background:var(--wash);padding:.5rem .7rem;border-radius:4px;overflow-x:auto;margin:.4rem 0}
.jobs{font-size:.82rem}.jobs td,.jobs th{padding:.25rem .6rem;white-space:nowrap}.jobs tr:target{background:#fff3d1}
.joblist{display:flex;flex-wrap:wrap;gap:.1rem .9rem;margin:.3rem 0}
.jobs td:nth-child(n+3):nth-child(-n+5){font-family:var(--mono);font-size:.78rem}.jobs td:last-child,.jobs th:last-child{text-align:right}
[hidden]{display:none!important}
footer{margin-top:5rem;padding-top:1.2rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
@media (max-width:52rem){.check{grid-template-columns:minmax(0,1fr)}.check svg.i{max-width:18rem}}
@media (max-width:36rem){header.top,main,footer{padding-left:1rem;padding-right:1rem}header.top{padding-top:1.6rem}h1{font-size:1.9rem}
.paper h2{font-size:1.5rem}.key{flex-wrap:wrap}.tally{grid-template-columns:1fr;gap:.5rem}.tally li{display:flex;gap:.8rem;align-items:baseline;padding:.4rem .8rem}.tally b{font-size:1.5rem}
.claim{padding:.8rem .9rem}.filter .field,.filter select,.filter input[type=search]{width:100%}
.matrix thead th:first-child,.matrix tbody tr:not(.topic) th{position:sticky;left:0;background:#fff;min-width:8.5rem;max-width:8.5rem;font-size:.82rem}}
@media print{body{font-size:10pt}header.top,main,footer{max-width:none;padding:0}.filter,.skip{display:none!important}a{color:inherit;text-decoration:none}
.paper{break-before:page}figure,.claim,.check{break-inside:avoid}.claim,.badge,.cell,.tally li,svg.i{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.box,pre{overflow:visible}pre{white-space:pre-wrap}.cell{border-color:currentColor}}
"""
