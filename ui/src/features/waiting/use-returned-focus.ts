import { type RefObject, useEffect, useRef, useState } from "react";

import { isFocusLost } from "@/app/focus";

/** What was pressed has the focus again when nothing came of it: nobody can have it while it is busy. */
export function useReturnedFocus() {
  const [calls, setCalls] = useState(0);
  const wanted = useRef<RefObject<HTMLElement | null>>(null);
  useEffect(() => {
    const pressed = wanted.current?.current;
    if (pressed && isFocusLost(pressed)) pressed.focus();
  }, [calls]);
  return {
    to: (pressed: RefObject<HTMLElement | null>) => {
      wanted.current = pressed;
      setCalls((count) => count + 1);
    },
  };
}
