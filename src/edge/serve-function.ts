import * as yaml from 'yaml'
import type { Kind } from '../contract/kind.ts'
import { createRegistryFunction } from './registry-function.ts'
import { serveDeno } from './serve-deno.ts'

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
  serveDeno(VARIABLES, (surroundings) => createRegistryFunction({ kind, yaml: () => yaml, ...surroundings }))
}
