"""The moving plots: axes, curves, markers and sliders, drawn as SVG from the data in the page."""

PLOT = r"""
var NS="http://www.w3.org/2000/svg",WIDTH=520,HEIGHT=330,LEFT=64,RIGHT=14,TOP=14,BOTTOM=46;
var COLOURS=["#0072b2","#d55e00","#009e73","#cc79a7"],DASHES=["","7 4","2 3","9 3 2 3"];
function draw(parent,tag,attributes,words){
 var node=document.createElementNS(NS,tag);
 Object.keys(attributes).forEach(function(name){node.setAttribute(name,attributes[name])});
 if(words!==undefined)node.textContent=words;
 parent.appendChild(node);return node;
}
function plain(value){
 if(value===0)return "0";
 var size=Math.abs(value);
 if(size>=1e5||size<1e-3){var parts=value.toExponential(2).split("e");return (+parts[0]===1?"":(+parts[0])+"·")+"10"+(+parts[1]+"").replace("-","⁻").replace(/\d/g,function(d){return "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]})}
 return (+value.toPrecision(4)+"").replace("-","−");
}
function scale(low,high,log,from,to){
 if(log){low=Math.log10(low);high=Math.log10(high)}
 if(low===high){low-=log?1:Math.abs(low)||1;high+=log?1:Math.abs(high)||1}
 var pad=log?0.03*(high-low):0;
 low-=pad;high+=pad;
 var place=function(value){return from+((log?Math.log10(value):value)-low)/(high-low)*(to-from)};
 var ticks=[],step,power,tick;
 if(log){step=Math.max(1,Math.ceil((high-low)/6));for(power=Math.ceil(low);power<=high;power+=step)ticks.push(Math.pow(10,power))}
 else{step=Math.pow(10,Math.floor(Math.log10((high-low)/4)));
  if((high-low)/step>10)step*=2;if((high-low)/step>10)step*=2.5;
  for(tick=Math.ceil(low/step-1e-9)*step;tick<=high+step*1e-9;tick+=step)ticks.push(Math.abs(tick)<step*1e-9?0:+tick.toPrecision(12))}
 return {place:place,ticks:ticks};
}
function span(data,axis,log){
 var low=Infinity,high=-Infinity;
 Object.keys(data.curves).forEach(function(key){data.curves[key].forEach(function(series){
  (series[axis]||[]).concat(series["p"+axis]||[]).forEach(function(value){if(!log||value>0){low=Math.min(low,value);high=Math.max(high,value)}});
 })});
 if(log)low=Math.max(low,high*1e-9);
 else if(axis==="y"){var pad=0.05*(high-low);if(!(low>=0&&low-pad<0))low-=pad;high+=pad}
 return [low,high];
}
function explore(box,data){
 Object.keys(data.curves).forEach(function(key){data.curves[key].forEach(function(series){if(!series.x)series.x=data.shared})});
 var form=box.querySelector(".sliders"),reading=box.querySelector(".reading");
 var logx=data.log.indexOf("x")>=0,logy=data.log.indexOf("y")>=0,xs=data.range[0]||span(data,"x",logx),ys=data.range[1]||span(data,"y",logy);
 var x=scale(xs[0],xs[1],logx,LEFT,WIDTH-RIGHT),y=scale(ys[0],ys[1],logy,HEIGHT-BOTTOM,TOP);
 var svg=draw(box.querySelector(".plot"),"svg",{viewBox:"0 0 "+WIDTH+" "+HEIGHT,role:"img"}),back=draw(svg,"g",{}),clip="clip-"+box.id;
 draw(draw(svg,"clipPath",{id:clip}),"rect",{x:LEFT,y:TOP-4,width:WIDTH-LEFT-RIGHT+4,height:HEIGHT-BOTTOM-TOP+8});
 var front=draw(svg,"g",{}),curves;
 x.ticks.forEach(function(t){var at=x.place(t);draw(back,"path",{"class":"grid",d:"M"+at+" "+TOP+"V"+(HEIGHT-BOTTOM)});draw(back,"text",{x:at,y:HEIGHT-BOTTOM+16,"text-anchor":"middle"},plain(t))});
 y.ticks.forEach(function(t){var at=y.place(t);draw(back,"path",{"class":"grid",d:"M"+LEFT+" "+at+"H"+(WIDTH-RIGHT)});draw(back,"text",{x:LEFT-6,y:at+4,"text-anchor":"end"},plain(t))});
 draw(back,"path",{"class":"axis",d:"M"+LEFT+" "+TOP+"V"+(HEIGHT-BOTTOM)+"H"+(WIDTH-RIGHT)});
 draw(back,"text",{x:(LEFT+WIDTH-RIGHT)/2,y:HEIGHT-8,"text-anchor":"middle"},data.x);
 draw(back,"text",{x:14,y:(TOP+HEIGHT-BOTTOM)/2,"text-anchor":"middle",transform:"rotate(-90 14 "+(TOP+HEIGHT-BOTTOM)/2+")"},data.y);
 function path(series){
  var d="",pen="M";
  series.x.forEach(function(value,index){
   var other=series.y[index];
   if((logx&&value<=0)||(logy&&other<=0)){pen="M";return}
   d+=pen+x.place(value).toFixed(1)+" "+Math.max(-HEIGHT,Math.min(2*HEIGHT,y.place(other))).toFixed(1);pen="L";
  });
  return d;
 }
 var known=Object.keys(data.curves),chosen=known[Math.floor(known.length/2)].split(",").map(Number);
 var asked=data.start.map(function(place,index){return place<0?chosen[index]:place});
 if(data.curves[asked.join(",")])chosen=asked;
 function show(){
  while(front.firstChild)front.firstChild.remove();
  var found=data.curves[chosen.join(",")];
  var words=data.sliders.map(function(slider,index){return slider.name+" "+said(slider.values[chosen[index]])}).join(", ");
  reading.textContent=found?words:words+": not computed for this combination";
  svg.setAttribute("aria-label",data.y+" over "+data.x+(found?": ":", not computed: ")+words);
  if(!found)return;
  curves=draw(front,"g",{"clip-path":"url(#"+clip+")"});
  found.forEach(function(series,index){
   var colour=COLOURS[index%4];
   draw(curves,"path",{d:path(series),fill:"none",stroke:colour,"stroke-width":2.2,"stroke-dasharray":DASHES[index%4],"class":"curve"});
   (series.px||[]).forEach(function(value,at){
    var mean=series.py[at],error=series.pe[at];
    if((logx&&value<=0)||(logy&&mean<=0))return;
    var low=mean-error,high=mean+error;
    if(error>0)draw(curves,"path",{d:"M"+x.place(value)+" "+y.place(logy&&low<=0?ys[0]:low)+"V"+y.place(high),stroke:colour,"stroke-width":1});
    draw(curves,"circle",{cx:x.place(value),cy:y.place(mean),r:2.6,fill:"#fff",stroke:colour,"stroke-width":1.2});
   });
  });
  if(found.length>1)name(found);
 }
 function name(found){ // the longest word ends at the right end of the axis
  var words=found.map(function(series,index){return draw(front,"text",{y:TOP+16+18*index},data.quantities[index])});
  var at=WIDTH-RIGHT-Math.max.apply(null,words.map(function(word){return word.getComputedTextLength()}));
  words.forEach(function(word,index){
   word.setAttribute("x",at);
   var colour=COLOURS[index%4],high=TOP+12+18*index,line=found[index].y.length>0;
   if(line)draw(front,"path",{d:"M"+(at-32)+" "+high+"h26",stroke:colour,"stroke-width":2.2,"stroke-dasharray":DASHES[index%4],fill:"none","class":"key"});
   else draw(front,"circle",{cx:at-12,cy:high,r:2.6,fill:"#fff",stroke:colour,"stroke-width":1.2,"class":"key"});
  });
 }
 function said(value){return typeof value==="number"?plain(value):value}
 data.sliders.forEach(function(slider,index){
  var label=document.createElement("label"),name=document.createElement("span"),control,output;
  name.textContent=slider.name;label.appendChild(name);
  if(slider.values.length<3||typeof slider.values[0]==="string"){
   control=document.createElement("select");
   slider.values.forEach(function(value,place){var option=document.createElement("option");option.value=place;option.textContent=said(value);control.appendChild(option)});
   label.appendChild(control);
  }else{
   control=document.createElement("input");output=document.createElement("output");
   control.type="range";control.min=0;control.max=slider.values.length-1;control.step=1;
   label.appendChild(control);label.appendChild(output);
  }
  function told(){if(output){output.textContent=said(slider.values[chosen[index]]);control.setAttribute("aria-valuetext",said(slider.values[chosen[index]])+"")}}
  control.value=chosen[index];told();
  control.addEventListener("input",function(){chosen[index]=+control.value;told();show()});
  form.appendChild(label);
 });
 show();
}
"""
