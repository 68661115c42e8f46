// Why a request did not succeed.

import type { Schemas } from "./client";

export type Problem = Schemas["Problem"];
export type ErrorCode = Schemas["ErrorCode"];

/** The server's refusal, or `unreachable` when none came. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode | "unreachable";
  readonly status: number;
  readonly problem: Problem | undefined;

  constructor(
    code: ErrorCode | "unreachable",
    message: string,
    status: number,
    problem?: Problem,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.problem = problem;
  }

  /** What is wrong with the text or the parameters that were sent. */
  get findings(): Schemas["ValidationError"][] {
    return this.problem?.validation_errors ?? [];
  }
}

export function unreachable(cause: unknown): ApiError {
  return new ApiError("unreachable", "The server cannot be reached.", 0, undefined, cause);
}

/** The refusal in the body of an answer, whoever wrote it. */
export function refusal(status: number, body: unknown): ApiError {
  if (isProblem(body)) return new ApiError(body.code, body.detail, status, body);
  // A proxy in between answers in its own words.
  const code = status >= 502 && status <= 504 ? "unreachable" : "internal";
  return new ApiError(code, `The server answered ${status}.`, status);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

/** Words for a person, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return String(error);
}

export function isCode(error: unknown, ...codes: (ErrorCode | "unreachable")[]): boolean {
  return error instanceof ApiError && codes.includes(error.code);
}
