import { plainWords } from "@/model/ansi";

/** What others have written, which turns no words around but its own. */
export function Words({ text }: { text: string }) {
  return <bdi>{plainWords(text)}</bdi>;
}
