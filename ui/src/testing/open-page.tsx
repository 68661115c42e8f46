// Opens a page of the app as a browser would, against a server of the test.

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

import { createQueryClient } from "@/api/query";
import { createAppRouter } from "@/app/router";
import { Toaster } from "@/components/toast";

export function openPage(path: string) {
  window.history.pushState(null, "", `/ui${path}`);
  const queries = createQueryClient();
  const router = createAppRouter(queries);
  const shown = render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toaster />
    </QueryClientProvider>,
  );
  return { ...shown, router, queries, user: userEvent.setup() };
}
