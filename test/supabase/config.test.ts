import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const CONFIG = readFileSync('supabase/config.toml', 'utf8')
const FUNCTIONS = readdirSync('supabase/functions').filter((name) => !name.startsWith('_'))

/** The lines `key = value` of a section; values are as simple as JSON's. */
function section(name: string): Record<string, unknown> | undefined {
  const [, after] = `\n${CONFIG}`.split(`\n[${name}]\n`)
  const lines = after?.split(/\n\[/)[0]?.matchAll(/^(\w+) = (.+)$/gm)
  return lines && Object.fromEntries([...lines].map(([, key, value]) => [key, JSON.parse(value!)]))
}

describe('config.toml', () => {
  test('has a section for every function, and for nothing else', () => {
    const sections = [...CONFIG.matchAll(/^\[functions\.(\w+)\]$/gm)].map((match) => match[1])
    expect(sections.sort()).toEqual(FUNCTIONS.sort())
  })

  test.each(FUNCTIONS)('deploys %s with its own import map and its own check of credentials', (name) => {
    const settings = section(`functions.${name}`) as { entrypoint: string; import_map: string }
    expect(settings).toEqual({
      verify_jwt: false,
      entrypoint: `./functions/${name}/index.ts`,
      import_map: `./functions/${name}/deno.json`,
    })
    for (const path of [settings.entrypoint, settings.import_map])
      expect(existsSync(join('supabase', path))).toBe(true)
  })

  test('sign-up is off, sign-in by email is on, and an answer has at most 1,000 rows', () => {
    expect(section('auth')).toEqual({ enable_signup: false, enable_anonymous_sign_ins: false })
    // In this section `enable_signup` turns the whole provider off, sign-in included, and version 3 calls it `enabled`.
    expect(section('auth.email')).toBeUndefined()
    expect(section('api')).toEqual({ schemas: ['public'], max_rows: 1000 })
  })
})
