// How the editor looks, in the tokens of the page.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const frame = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", fontSize: "13px", background: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: '"JetBrains Mono", ui-monospace, monospace',
    lineHeight: "20px",
    fontFeatureSettings: '"calt" 0',
  },
  ".cm-content": { padding: "10px 0 40vh", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    background: "transparent",
    color: "var(--ink-3)",
    border: "none",
    paddingLeft: "6px",
  },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  ".cm-activeLineGutter": { background: "transparent", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "color-mix(in srgb, var(--accent) 26%, transparent)" },
  ".cm-selectionMatch": { background: "color-mix(in srgb, var(--accent) 15%, transparent)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    background: "var(--pressed)",
    outline: "1px solid var(--line-strong)",
  },
  ".cm-foldPlaceholder": {
    background: "var(--pressed)",
    border: "none",
    color: "var(--ink-2)",
    padding: "0 6px",
  },
  ".cm-tooltip": {
    background: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    boxShadow: "var(--shadow-3)",
    overflow: "hidden",
    fontFamily: '"Inter", system-ui, sans-serif',
    fontSize: "13px",
    maxWidth: "460px",
  },
  ".cm-tooltip-autocomplete > ul": {
    fontFamily: '"JetBrains Mono", ui-monospace, monospace',
    maxHeight: "260px",
    padding: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: "4px 8px",
    borderRadius: "5px",
    lineHeight: "18px",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-completionIcon": { opacity: 0.7, marginRight: "6px" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: 700 },
  ".cm-completionInfo": { padding: "8px 10px", whiteSpace: "pre-wrap", lineHeight: "18px" },
  ".cm-diagnostic": { padding: "8px 12px", whiteSpace: "pre-wrap", lineHeight: "18px" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--danger)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid #d99a08" },
  ".cm-diagnosticSource": { color: "var(--ink-3)", fontSize: "11px", opacity: 1 },
  // Drawn without the `data:` images of the library, which the policy refuses.
  ".cm-lint-marker": { width: "8px", height: "8px", margin: "6px 3px", borderRadius: "4px" },
  ".cm-lint-marker-error": { content: '""', background: "var(--danger)" },
  ".cm-lint-marker-warning": { content: '""', background: "#d99a08", borderRadius: "2px" },
  ".cm-lintRange": { backgroundImage: "none", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--danger) 1px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy #d99a08 1px",
  },
  ".cm-panels": { background: "var(--raised)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: "6px",
    padding: "8px 40px 8px 12px",
    fontFamily: '"Inter", system-ui, sans-serif',
    fontSize: "13px",
  },
  // Between what is looked for and what is put in its place.
  ".cm-panel.cm-search br": { flexBasis: "100%", height: 0, content: '""' },
  ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": {
    margin: 0,
    fontSize: "13px",
  },
  ".cm-panel.cm-search label": {
    display: "inline-flex",
    alignItems: "center",
    gap: "5px",
    padding: "0 4px",
    color: "var(--ink-2)",
  },
  ".cm-panel.cm-search input[type=checkbox]": { accentColor: "var(--accent)" },
  ".cm-panel.cm-search .cm-textfield": {
    height: "28px",
    width: "220px",
    background: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    padding: "0 8px",
    color: "var(--ink)",
  },
  ".cm-panel.cm-search .cm-button": {
    height: "28px",
    background: "var(--raised)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    padding: "0 10px",
    fontWeight: 500,
    color: "var(--ink)",
    cursor: "pointer",
  },
  ".cm-panel.cm-search .cm-button:hover": { background: "var(--hover)" },
  ".cm-panel.cm-search :focus-visible": {
    outline: "2px solid var(--focus)",
    outlineOffset: "1px",
  },
  ".cm-panel.cm-search [name=close]": {
    top: "8px",
    right: "10px",
    width: "28px",
    height: "28px",
    borderRadius: "6px",
    fontSize: "16px",
    color: "var(--ink-3)",
    cursor: "pointer",
  },
  ".cm-panel.cm-search [name=close]:hover": { background: "var(--hover)", color: "var(--ink)" },
  ".cm-searchMatch": { background: "color-mix(in srgb, #d99a08 30%, transparent)" },
  ".cm-searchMatch-selected": { background: "color-mix(in srgb, #d99a08 60%, transparent)" },
  ".cm-changedLine, .cm-insertedLine": {
    background: "color-mix(in srgb, #1fa35a 12%, transparent)",
  },
  ".cm-deletedChunk .cm-deletedText, .cm-changedText": { background: "transparent" },
  ".cm-deletedChunk, .cm-deletedChunk span": { color: "light-dark(#8f1818, #ffb3b3)" },
  ".cm-collapsedLines": {
    background: "var(--sunken)",
    color: "var(--ink-2)",
    padding: "4px 12px",
    fontFamily: '"Inter", system-ui, sans-serif',
  },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '""' },
  ".cm-deletedChunk": { background: "color-mix(in srgb, #e04545 12%, transparent)" },
});

/* Light and dark each reach 4.5:1 on the editor's background. */
const colours = HighlightStyle.define([
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName)],
    color: "light-dark(#3b36b8, #a9b1ff)",
  },
  {
    tag: [tags.string, tags.special(tags.string), tags.content],
    color: "light-dark(#16171d, #e4e5ea)",
  },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "light-dark(#8a4f07, #f2bd63)" },
  {
    tag: [tags.comment, tags.lineComment],
    color: "light-dark(#656774, #8f919e)",
    fontStyle: "italic",
  },
  {
    tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace],
    color: "light-dark(#494b57, #b3b5c0)",
  },
  {
    tag: [tags.keyword, tags.meta, tags.labelName, tags.typeName],
    color: "light-dark(#6b2bd6, #c0a9ff)",
  },
]);

export const look = [frame, syntaxHighlighting(colours)];
