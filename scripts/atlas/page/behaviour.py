"""What moves on the site: the filter, packed parts, chains that unfold, figures that grow, sliders. Plain JavaScript,
no request.

Without it the pages show everything but the records of jobs and the curves of "Ask a theory", and say so.
"""

from __future__ import annotations

from atlas.page.behaviour_plot import PLOT

READING = r"""
var all=function(where,what){return [].slice.call((where||document).querySelectorAll(what))};
function filter(form){
 var topics={};all(form.paper,"option").forEach(function(each){topics[each.value]=each.dataset.topic});
 var status=form.querySelector(".status"),items=all(null,".item"),cells=all(null,"a.cell");
 function said(node,what){return node.closest("[data-"+what+"]").dataset[what]}
 function claim(link){return decodeURIComponent(link.hash.slice(1))}
 var kinds=["reproduced","refuted","inconclusive"];
 items=items.map(function(node){
  var kind=said(node,"kind"),own=kind==="refuted"?kind:kinds.filter(function(each){return node.classList.contains(each)})[0];
  return {node:node,kind:kind,paper:said(node,"paper"),verdict:own,claim:claim(node.querySelector("a"))};
 });
 function text(node){return node.words||(node.words=(node.textContent+" "+(node.title||"")).toLowerCase())}
 function apply(){
  var paper=form.paper.value,topic=form.topic.value,words=form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  var verdicts=all(form,"[name=verdict]:checked").map(function(box){return box.value});
  var every=verdicts.length===3,shown={claim:0,figure:0,refuted:0},total={claim:0,figure:0,refuted:0},seen={},rows={};
  items.forEach(function(item){
   var kind=item.kind,group=item.node.closest(".group"),head=group?text(group.querySelector("h3")):"";
   var on=(!paper||item.paper===paper)&&(!topic||topics[item.paper]===topic);
   on=on&&(kind==="figure"?every:verdicts.indexOf(item.verdict)>=0);
   on=on&&words.every(function(word){return text(item.node).indexOf(word)>=0||head.indexOf(word)>=0});
   item.node.hidden=!on;total[kind]++;
   if(on){shown[kind]++;rows[item.paper]=true;if(kind==="claim")seen[item.claim]=true}
  });
  all(null,".group").forEach(function(group){group.hidden=!group.querySelector(".item:not([hidden])")});
  all(null,"tr[data-row]").forEach(function(row){row.hidden=!rows[row.dataset.row]});
  all(null,"tbody.of-topic").forEach(function(body){body.hidden=!body.querySelector("tr[data-row]:not([hidden])")});
  all(null,"main>section").forEach(function(part){var own=part.querySelector(".item");if(own)part.hidden=!part.querySelector(".item:not([hidden])")});
  cells.forEach(function(cell){cell.classList.toggle("off",!seen[claim(cell)])});
  status.textContent=shown.claim+" of "+total.claim+" claims and "+shown.figure+" of "+total.figure+" figures shown"+(every?"":" (figures are hidden while verdicts are chosen)");
 }
 form.hidden=false;
 cells.forEach(function(cell){items.forEach(function(item){if(item.kind==="claim"&&item.claim===claim(cell))cell.title=item.node.textContent.replace(/\s+/g," ").trim()})});
 form.addEventListener("input",apply);
 form.addEventListener("submit",function(event){event.preventDefault()});
 form.addEventListener("reset",function(){setTimeout(apply,0)});
 apply();
}
function unfold(list){
 var links=all(list,"a[href^='#']");
 if(list.unfolded||!links.length)return;
 list.unfolded=true;
 var tree=document.createElement("div");tree.className="chain";
 links.forEach(function(link){
  var job=document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if(!job)return;
  var copy=job.cloneNode(true);
  copy.removeAttribute("id");copy.open=false;tree.appendChild(copy);
 });
 list.replaceWith(tree);
}
document.addEventListener("toggle",function(event){
 var box=event.target;
 if(!box.open)return;
 if(box.classList.contains("provenance"))all(box,"p.chain").forEach(unfold);
 else if(box.closest("div.chain"))all(box,"dd.from").forEach(function(list){
  var label=list.previousElementSibling,tree=list;unfold(list);
  tree=label.nextElementSibling;label.parentNode.after(tree);label.remove();
 });
},true);
function grow(){
 var box=document.createElement("dialog"),bar=document.createElement("div"),name=document.createElement("span"),close=document.createElement("button");
 var image=document.createElement("img"),words=document.createElement("p");
 if(!box.showModal)return;
 bar.className="bar";close.type="button";close.textContent="Close";words.className="small";
 bar.appendChild(name);bar.appendChild(close);box.appendChild(bar);box.appendChild(image);box.appendChild(words);
 box.setAttribute("aria-label","Figure, large");document.body.appendChild(box);
 close.addEventListener("click",function(){box.close()});
 box.addEventListener("click",function(event){if(event.target===box)box.close()});
 document.addEventListener("click",function(event){
  var link=event.target.closest("a.zoom");
  if(!link||event.ctrlKey||event.metaKey||event.shiftKey)return;
  event.preventDefault();
  var figure=link.closest("figure"),own=link.querySelector("img");
  image.src=own.src;image.alt=own.alt;name.textContent=figure.querySelector("h3").textContent;
  words.textContent=figure.querySelector("figcaption").textContent.replace(/\s+/g," ").trim();
  box.showModal();
 });
}
function inflate(own){
 var bytes=Uint8Array.from(atob(own.textContent),function(each){return each.charCodeAt(0)});
 return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}
function place(text){
 var page=document.createElement("template");
 page.innerHTML=text;
 all(page.content,"[data-for]").forEach(function(piece){
  var home=document.getElementById(piece.dataset.for);
  while(home&&piece.firstChild)home.appendChild(piece.firstChild);
 });
 if(location.hash&&!early)location.replace(location.hash);
 reach();
}
function curves(text){
 var data=JSON.parse(text);
 all(null,".exploration").forEach(function(box){explore(box,data[box.id])});
}
function unpack(own){
 var use={records:place,curves:curves}[own.id];
 Promise.resolve(own).then(inflate).then(use,function(){
  all(null,"noscript").forEach(function(note){var words=document.createElement("div");words.innerHTML=note.textContent;note.replaceWith(words)});
 }).then(function(){own.remove()});
}
function reach(){
 var target=document.getElementById(decodeURIComponent(location.hash.slice(1))),form=document.querySelector("form.filter");
 if(!target)return;
 if(form&&target.closest("[hidden]"))form.reset();
 for(var box=target.closest("details");box;box=box.parentElement.closest("details"))box.open=true;
 target.scrollIntoView();
}
"""
START = r"""
all(null,"form.filter").forEach(filter);
if(document.querySelector("a.zoom"))grow();
var early=location.hash&&document.getElementById(decodeURIComponent(location.hash.slice(1)));
all(null,"script.packed").forEach(unpack);
window.addEventListener("hashchange",reach);
if(location.hash)reach();
"""
SCRIPT = '(function(){\n"use strict";' + READING + PLOT + START + "})();\n"
