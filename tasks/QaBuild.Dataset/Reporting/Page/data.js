// What the page shows lies in it compressed: first what the overview needs, then the findings, then results of models, then the texts, a thousand at a time.

/** Filled by `load`. `texts` grows until `searchable` is true. */
export const report = { findings: [], clusters: [], model: null, texts: [], searchable: false };

function bytesOf(base64) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(base64);
  }
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = text.charCodeAt(i);
  }
  return bytes;
}

async function unpack(part) {
  const stream = new Blob([bytesOf(part.textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
  part.remove();
  return new Response(stream).json();
}

/** Reads the data; calls `first` when there is something to show, `more` when all but the texts is there and again when all is. */
export async function load(first, more) {
  const [head, findings, model, ...texts] = document.querySelectorAll("script.data");
  Object.assign(report, await unpack(head));
  first();
  Object.assign(report, await unpack(findings));
  report.model = await unpack(model);
  more();
  for (const part of texts) {
    report.texts.push(...await unpack(part));
    // The reader's clicks come first.
    await new Promise((go) => setTimeout(go));
  }
  report.searchable = true;
  more();
}
