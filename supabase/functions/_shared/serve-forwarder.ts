import { createForwardFunction } from '../../../src/edge/forward/forward-function.ts'
import { serveDeno } from '../../../src/edge/serve-deno.ts'

/**
 * The part of Deno that is used, so that the project's own compiler, which knows Node.js alone, checks this file too.
 */
declare const Deno: {
  resolveDns(name: string, type: 'A' | 'AAAA'): Promise<string[]>
}

/** The variables that the function reads. Supabase sets the first two. */
const VARIABLES = [
  'SUPABASE_URL',
  'SUPABASE_SECRET_KEYS',
  'SUPABASE_SECRET_KEY',
  'NOFX_EVENTS_SECRET',
] as const

/** Serves the forwarder, with a line of JSON on stdout for every delivery. */
export function serveForwarder(): void {
  serveDeno(VARIABLES, (surroundings) => createForwardFunction({ resolve, ...surroundings }))
}

/** A name may have addresses of one family only. */
async function resolve(host: string): Promise<string[]> {
  const lookups = (['A', 'AAAA'] as const).map((type) =>
    Deno.resolveDns(host, type).catch((): string[] => []),
  )
  return (await Promise.all(lookups)).flat()
}
