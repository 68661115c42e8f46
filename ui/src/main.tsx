import "@/styles/app.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { createQueryClient } from "@/api/query";
import { loadParts } from "@/app/parts";
import { createAppRouter } from "@/app/router";
import { applyTheme } from "@/app/theme";
import { Toaster } from "@/components/toast";
import { TooltipLayer } from "@/components/tooltip";

applyTheme();

const queries = createQueryClient();
const router = createAppRouter(queries);
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");

// Not every browser says when there is nothing else to do.
const whenIdle: (then: () => void) => void =
  "requestIdleCallback" in window ? requestIdleCallback : (then) => setTimeout(then, 2_000);
addEventListener("load", () => whenIdle(() => void loadParts()), { once: true });

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toaster />
      <TooltipLayer />
    </QueryClientProvider>
  </StrictMode>,
);
