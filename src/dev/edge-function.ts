/** One edge function, in Deno or in this process. */
export interface EdgeFunction {
  fetch(request: Request): Promise<Response>
  close(): Promise<void>
}
