// The editor of definitions. It lives in a shadow root, where its styles are
// adopted sheets: a style element would be refused by the page's policy.

import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { forceLinting, lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";

import type { Finding } from "@/api/workflows";
import { cx } from "@/components/cx";

import { keepCursor } from "./keep-cursor";
import { findingsOfWorkflow, serverCompletion, serverFindings } from "./language";
import { look } from "./look";
import { offsetOf, type Position } from "./positions";

export interface YamlEditorHandle {
  /** Puts another text in place of all there is. */
  replace: (text: string) => void;
  goTo: (position: Position) => void;
  focus: () => void;
}

export interface YamlEditorProps {
  label: string;
  /** What it begins with; afterwards the editor knows best. */
  initial: string;
  onChange: (text: string) => void;
  /** What the server finds; null when it cannot be asked. */
  onFindings: (findings: readonly Finding[] | null) => void;
  onSave: () => void;
  /** Says what is wrong with the text, where it is no whole workflow. */
  check?: (text: string) => Promise<readonly Finding[]>;
  ref?: Ref<YamlEditorHandle>;
  className?: string;
}

function extensions(
  label: string,
  latest: { current: Omit<YamlEditorProps, "ref" | "className"> },
) {
  const save = () => {
    latest.current.onSave();
    return true;
  };
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    foldGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    search({ top: true }),
    yaml(),
    lintGutter(),
    serverFindings(
      (text) => (latest.current.check ?? findingsOfWorkflow)(text),
      (findings) => latest.current.onFindings(findings),
    ),
    // What could be written is known for whole workflows only.
    ...(latest.current.check ? [] : [serverCompletion()]),
    EditorState.tabSize.of(2),
    EditorView.lineWrapping,
    keepCursor,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.onChange(update.state.doc.toString());
    }),
    keymap.of([
      { key: "Mod-s", run: save },
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
      // Escape, then Tab leaves the editor.
      indentWithTab,
    ]),
    look,
  ];
}

export function YamlEditor({ ref, className, ...props }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  const first = useRef(props.initial);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: first.current,
        extensions: extensions(props.label, latest),
      }),
    });
    view.current = editor;
    forceLinting(editor);
    return () => {
      first.current = editor.state.doc.toString();
      editor.destroy();
      view.current = null;
    };
  }, [props.label]);

  useImperativeHandle(ref, () => ({
    replace(text) {
      const editor = view.current;
      editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
    },
    goTo(position) {
      const editor = view.current;
      if (!editor) return;
      const anchor = offsetOf(editor.state.doc, position);
      editor.dispatch({
        selection: { anchor },
        effects: EditorView.scrollIntoView(anchor, { y: "center" }),
      });
      editor.focus();
    },
    focus() {
      view.current?.focus();
    },
  }));

  return <div ref={host} data-editor className={cx("h-full min-h-0 overflow-hidden", className)} />;
}
