/** The part of Deno that is used, so that a compiler that knows Node.js alone checks this file too. */
declare const Deno: {
  env: { get(name: string): string | undefined }
  serve(handler: (request: Request) => Promise<Response>): unknown
}

/** What every edge function is made with. */
interface DenoSurroundings {
  env: Record<string, string | undefined>
  log: (line: Record<string, unknown>) => void
}

/** Serves an edge function under Deno, with the named variables and lines of JSON on stdout. */
export function serveDeno(
  variables: readonly string[],
  create: (surroundings: DenoSurroundings) => (request: Request) => Promise<Response>,
): void {
  const env = Object.fromEntries(variables.map((name) => [name, Deno.env.get(name)]))
  Deno.serve(create({ env, log: (line) => console.log(JSON.stringify(line)) }))
}
