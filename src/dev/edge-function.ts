/** One edge function, wherever it runs. */
export interface EdgeFunction {
  fetch(request: Request): Promise<Response>
  close(): Promise<void>
}
