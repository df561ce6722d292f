import * as yaml from 'yaml'
import type { Kind } from '../contract/kind.ts'
import { createRegistryFunction } from './registry-function.ts'

/** The part of Deno that is used, so that a compiler that knows Node.js alone checks this file too. */
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

/** Serves one kind's edge function under Deno, with a line of JSON on stdout for every request. */
export function serveKind(kind: Kind): void {
  const env = Object.fromEntries(VARIABLES.map((name) => [name, Deno.env.get(name)]))
  const log = (line: Record<string, unknown>) => console.log(JSON.stringify(line))
  Deno.serve(createRegistryFunction({ kind, env, yaml: () => yaml, log }))
}
