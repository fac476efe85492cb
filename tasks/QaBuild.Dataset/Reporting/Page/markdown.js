import { h } from "./elements.js";
import { t } from "./language.js";

// markdown-it without HTML; its tokens become elements of these names, and of a token's attributes only these are taken.
const parser = markdownit({ html: false, linkify: false, typographer: false });
const tags = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "a"]);

// A link of an answer leads out of the page, or to a file of the knowledge base, or nowhere.
function hrefOf(href, folder) {
  if (/^(https?|mailto):/i.test(href)) {
    return href;
  }
  return folder !== null && !/^[a-z][a-z0-9+.-]*:|^[/\\#]/i.test(href) ? folder + href : null;
}

function open(token, folder) {
  const tag = tags.has(token.tag) ? token.tag : "span";
  if (tag === "a") {
    const href = hrefOf(token.attrGet("href") ?? "", folder);
    return href === null ? h("span", { class: "nowhere" }) : h("a", { href, rel: "noopener noreferrer", target: "_blank" });
  }
  // Headings of a text stand below those of the page.
  const heading = /^h[1-6]$/.test(tag) ? h("p", { role: "heading", "aria-level": String(Math.min(6, Number(tag[1]) + 2)), class: `heading heading-${tag[1]}` }) : null;
  const align = /text-align:(left|center|right)/.exec(token.attrGet("style") ?? "");
  return heading ?? h(tag, { start: token.attrGet("start"), class: align ? `align-${align[1]}` : null });
}

function append(tokens, root, folder) {
  const stack = [root];
  const top = () => stack[stack.length - 1];
  for (const token of tokens) {
    if (token.hidden) {
      continue;
    }
    if (token.nesting === 1) {
      const element = open(token, folder);
      top().append(element);
      stack.push(element);
    } else if (token.nesting === -1) {
      stack.pop();
    } else {
      switch (token.type) {
        case "inline":
          append(token.children, top(), folder);
          break;
        case "softbreak":
          top().append("\n");
          break;
        case "hardbreak":
          top().append(h("br"));
          break;
        case "hr":
          top().append(h("hr"));
          break;
        case "code_inline":
          top().append(h("code", null, token.content));
          break;
        case "fence":
        case "code_block":
          top().append(h("pre", { tabindex: "0", "data-language": (token.info ?? "").trim().split(/\s+/)[0] || null }, h("code", null, token.content)));
          break;
        case "image":
          // An image would be fetched; its name is enough.
          top().append(h("span", { class: "image" }, t("image", token.content || token.attrGet("src") || "")));
          break;
        default:
          top().append(token.content);
      }
    }
  }
}

/** Markdown as elements. `folder`: where its relative links begin, as a URL; null for nowhere. */
export function markdown(text, folder = null) {
  const root = h("div", { class: "markdown" });
  append(parser.parse(text, {}), root, folder);
  return root;
}
