import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildConsole } from '../../../scripts/bundle/console.mjs'
import type { OutputRoute } from './serve-output.ts'

interface Rules {
  headers: { source: string; headers: { key: string; value: string }[] }[]
  redirects: { source: string; destination: string; permanent: boolean }[]
  rewrites: { source: string; destination: string }[]
}

/**
 * The static part of what `vercel build` writes for this project: the files of `scripts/build-public.mjs`, and the rules of
 * `vercel.json` as routes. Returns the folder, which the caller removes.
 */
export async function buildStatic(): Promise<string> {
  const output = mkdtempSync(join(tmpdir(), 'nofx-vercel-'))
  cpSync('docs/schema', join(output, 'static'), { recursive: true })
  await buildConsole(join(output, 'static/console'))
  const rules = JSON.parse(readFileSync('vercel.json', 'utf8')) as Rules
  writeFileSync(join(output, 'config.json'), JSON.stringify({ version: 3, routes: routesOf(rules) }))
  return output
}

/** Our sources are regular expressions but for the slash at their beginning. */
const pattern = (source: string) => `^${source}$`

function routesOf({ headers, redirects, rewrites }: Rules): OutputRoute[] {
  return [
    ...redirects.map(({ source, destination, permanent }) => ({
      src: pattern(source),
      headers: { Location: destination },
      status: permanent ? 308 : 307,
    })),
    ...headers.map((rule) => ({
      src: pattern(rule.source),
      headers: Object.fromEntries(rule.headers.map(({ key, value }) => [key, value])),
      continue: true,
    })),
    { handle: 'filesystem' },
    ...rewrites.map(({ source, destination }) => ({ src: pattern(source), dest: destination })),
  ]
}
