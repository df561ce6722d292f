import * as yaml from 'yaml'
import type { Kind } from '../../../src/contract/kind.ts'
import { createRegistryFunction } from '../../../src/edge/registry-function.ts'

/**
 * The part of Deno that is used, so that the project's own compiler, which knows Node.js alone, checks this file too.
 */
declare const Deno: {
  env: { get(name: string): string | undefined }
  serve(handler: (request: Request) => Promise<Response>): unknown
}

/** The variables that a function reads. Supabase sets the first three. */
const VARIABLES = [
  'SUPABASE_URL',
  'SUPABASE_SECRET_KEYS',
  'SUPABASE_JWKS',
  'SUPABASE_SECRET_KEY',
  'NOFX_JWT_SECRET',
] as const

/** Serves one kind's edge function, with a line of JSON on stdout for every request. */
export function serve(kind: Kind): void {
  const env = Object.fromEntries(VARIABLES.map((name) => [name, Deno.env.get(name)]))
  const log = (line: Record<string, unknown>) => console.log(JSON.stringify(line))
  Deno.serve(createRegistryFunction({ kind, env, yaml: () => yaml, log }))
}
