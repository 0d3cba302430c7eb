"""What moves on the page: the filter, and the jobs of a figure or claim laid out where they are asked for.

Without it the page shows everything.
"""

SCRIPT = """
(function(){
"use strict";
var form=document.querySelector("form.filter"),status=form.querySelector(".status");
var items=[].slice.call(document.querySelectorAll(".item")),cells=[].slice.call(document.querySelectorAll("a.cell"));
var papers=[].slice.call(document.querySelectorAll("section.paper"));
function text(node){return node.words||(node.words=node.textContent.toLowerCase())}
function apply(){
 var paper=form.paper.value,topic=form.topic.value,words=form.words.value.toLowerCase().split(/\\s+/).filter(Boolean);
 var verdicts=[].slice.call(form.querySelectorAll("[name=verdict]:checked")).map(function(box){return box.value});
 var every=verdicts.length===3,shown={claim:0,figure:0},all={claim:0,figure:0},seen={};
 papers.forEach(function(section){
  var here=(!paper||section.id===paper)&&(!topic||section.dataset.topic===topic),any=false;
  var head=text(section.querySelector(".about-paper"));
  [].slice.call(section.querySelectorAll(".item")).forEach(function(item){
   var kind=item.dataset.kind,on=here&&(kind==="claim"?verdicts.indexOf(item.dataset.verdict)>=0:every);
   on=on&&words.every(function(word){return text(item).indexOf(word)>=0||head.indexOf(word)>=0});
   item.hidden=!on;all[kind]++;if(on){shown[kind]++;any=true;seen[item.id]=true}
  });
  [].slice.call(section.querySelectorAll(".group")).forEach(function(group){group.hidden=!group.querySelector(".item:not([hidden])")});
  section.hidden=!any;
  [].slice.call(document.querySelectorAll('[data-row="'+section.id+'"]')).forEach(function(row){row.hidden=!any});
 });
 [].slice.call(document.querySelectorAll("tbody.of-topic")).forEach(function(body){body.hidden=!body.querySelector("tr[data-row]:not([hidden])")});
 cells.forEach(function(cell){cell.classList.toggle("off",!seen[decodeURIComponent(cell.hash.slice(1))])});
 status.textContent=shown.claim+" of "+all.claim+" claims and "+shown.figure+" of "+all.figure+" figures shown"+(every?"":" (figures are hidden while verdicts are chosen)");
}
form.hidden=false;
form.addEventListener("input",apply);
form.addEventListener("submit",function(event){event.preventDefault()});
form.addEventListener("reset",function(){setTimeout(apply,0)});
function lay(box){
 var list=box.querySelector(".joblist");if(!list)return;
 var rows=[].slice.call(list.querySelectorAll("a")).map(function(link){return document.getElementById(link.hash.slice(1))});
 if(!rows.length)return;
 var table=rows[0].closest("table").cloneNode(false),body=document.createElement("tbody");
 table.appendChild(rows[0].closest("table").tHead.cloneNode(true));
 rows.forEach(function(row){var copy=row.cloneNode(true);copy.removeAttribute("id");body.appendChild(copy)});
 table.appendChild(body);
 var frame=document.createElement("div");frame.className="box";frame.tabIndex=0;
 frame.setAttribute("role","region");frame.setAttribute("aria-label","Jobs");frame.appendChild(table);list.replaceWith(frame);
}
document.addEventListener("toggle",function(event){if(event.target.open)lay(event.target)},true);
function reach(){
 var target=document.getElementById(decodeURIComponent(location.hash.slice(1)));
 if(!target)return;
 if(target.closest("[hidden]")){form.reset();apply()}
 for(var box=target.closest("details");box;box=box.parentElement.closest("details"))box.open=true;
 target.scrollIntoView();
}
window.addEventListener("hashchange",reach);
if(location.hash)reach();
})();
"""
