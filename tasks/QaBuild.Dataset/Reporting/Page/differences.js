import { h } from "./elements.js";

// A pair of long texts that share nothing is not worth a frozen page.
const milliseconds = 150;

// Of texts that share less, marks would cover nearly all and say nothing.
const leastShared = 0.35;
const segmenter = globalThis.Intl?.Segmenter ? new Intl.Segmenter("zh", { granularity: "word" }) : undefined;

/** Two texts as nodes, the words that only one of them has marked, unless they are nearly all. */
export function differences(a, b) {
  const parts = Diff.diffWordsWithSpace(a, b, { intlSegmenter: segmenter, timeout: milliseconds });
  const shared = parts ? parts.filter((part) => !part.added && !part.removed).reduce((sum, part) => sum + part.value.length, 0) : 0;
  if (shared < leastShared * Math.max(a.length, b.length)) {
    return [[a], [b]];
  }
  return [
    parts.filter((part) => !part.added).map((part) => (part.removed ? h("del", null, part.value) : part.value)),
    parts.filter((part) => !part.removed).map((part) => (part.added ? h("ins", null, part.value) : part.value)),
  ];
}

/** A text as nodes, every place of an excerpt marked. */
export function withExcerpt(text, excerpt) {
  const parts = excerpt ? text.split(excerpt) : [text];
  return parts.flatMap((part, i) => (i === 0 ? [part] : [h("mark", null, excerpt), part]));
}

/** Marks words in what is shown of an element, without a change to it. */
export function highlight(root, words) {
  if (!globalThis.CSS?.highlights) {
    return;
  }
  const ranges = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.toLowerCase();
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0 && ranges.length < 2000; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, Math.min(at + word.length, walker.currentNode.length));
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}
