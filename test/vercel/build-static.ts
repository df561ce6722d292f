import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildConsole } from '../../scripts/build-console.mjs'
import type { OutputRoute } from './serve-output.ts'

/**
 * The static part of what `vercel build` writes for this project: the files of `scripts/build-public.mjs`, and the
 * routes of `vercel.json`. Returns the folder, which the caller removes.
 */
export async function buildStatic(): Promise<string> {
  const output = mkdtempSync(join(tmpdir(), 'nofx-vercel-'))
  cpSync('docs/schema', join(output, 'static'), { recursive: true })
  await buildConsole(join(output, 'static/console'))
  const { routes } = JSON.parse(readFileSync('vercel.json', 'utf8')) as { routes: OutputRoute[] }
  writeFileSync(join(output, 'config.json'), JSON.stringify({ version: 3, routes }))
  return output
}
