import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query, TestDatabase } from '../harness/database.ts'
import { createPgliteDatabase } from '../harness/pglite.ts'
import { readMigrations } from '../harness/prepare.ts'
import { FAULTS, LINTS } from './support/advisor-lints.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createPgliteDatabase()
})
afterAll(() => db.drop())

async function findings(query: Query): Promise<string[]> {
  const found: string[] = []
  for (const [lint, sql] of Object.entries(LINTS))
    for (const { subject } of await query<{ subject: string }>(sql)) found.push(`${lint} ${subject}`)
  return found.sort()
}

/** The rows of the table in docs/deploy.md: a finding, and the objects that it may concern. */
function documented(): string[] {
  const page = readFileSync('docs/deploy.md', 'utf8')
  const section = page.split("## Supabase's advisor")[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^\| `(\w+)` \| (.+?) \|/gm)]
    .flatMap(([, lint, subjects = '']) =>
      [...subjects.matchAll(/`(\w+)`/g)].map(([, one]) => `${lint} ${one}`),
    )
    .sort()
}

describe("Supabase's advisor", () => {
  it('reports exactly the findings that docs/deploy.md lists', async () => {
    const listed = documented()
    expect(listed.length).toBeGreaterThan(0)
    expect(await findings(db.query)).toEqual(listed)
  })

  it.each(Object.entries(FAULTS))('would report a new %s', async (lint, script) => {
    const done = new Error('take back')
    let fresh: string[] = []
    await db
      .transaction(async (query) => {
        const before = await findings(query)
        for (const statement of script.split(';')) await query(statement)
        fresh = (await findings(query)).filter((one) => !before.includes(one))
        throw done
      })
      .catch((error: unknown) => {
        if (error !== done) throw error
      })
    expect(fresh.filter((one) => one.startsWith(`${lint} `))).not.toEqual([])
  })

  it('has a fault to find for each lint that a migration can cause here', () => {
    // PGlite has no extensions and no foreign servers to test these with.
    const absent = ['extension_in_public', 'foreign_table_in_api']
    expect(Object.keys(LINTS).filter((lint) => !(lint in FAULTS))).toEqual(absent)
  })
})

/** The declarations of a PL/pgSQL function: name, type and initial value. */
function declarationsIn(body: string): { name: string; type: string; value: string }[] {
  const [, section = ''] = /^declare\n([\s\S]*?)^begin/im.exec(body) ?? []
  return [...section.matchAll(/^\s*(\w+)\s+(?:constant\s+)?([\w.]+(?:\[\])?)[^:;]*(?::=([^;]*))?;/gm)].map(
    ([, name = '', type = '', value = '']) => ({ name, type, value: value.trim() }),
  )
}

/** The warnings of `supabase db lint` about the declarations of a function. */
function lintBody(name: string, body: string): string[] {
  return declarationsIn(body).flatMap(({ name: variable, type, value }) => {
    const isText = type === 'text' || /%/.test(type)
    const isCast = /::[\w.]+(\[\])?$/.test(value)
    const implicit = !isText && !isCast && (/^'[^']*'$/.test(value) || /^array\[/.test(value))
    const rest = body.split(new RegExp(`\\b${variable}\\b`)).length - 1
    return [
      ...(implicit ? [`${name}: ${variable} is cast implicitly to ${type}`] : []),
      ...(rest < 2 ? [`${name}: ${variable} is never read`] : []),
    ]
  })
}

describe('supabase db lint', () => {
  it('reports nothing about declarations, in any migration', () => {
    const warnings = readMigrations().flatMap(({ name, sql }) =>
      [...sql.matchAll(/as \$(\w*)\$\n([\s\S]*?)\$\1\$/g)].flatMap(([, , body = '']) => lintBody(name, body)),
    )
    expect(warnings).toEqual([])
  })

  it('would warn of an implicit cast and of a variable that is never read', () => {
    const body = `declare\n  v_a jsonb := '[]';\n  v_b interval[] := array['1 s'];\n  v_c text := 'x';\nbegin\n  v_a := v_b;\nend`
    expect(lintBody('f', body)).toEqual([
      'f: v_a is cast implicitly to jsonb',
      'f: v_b is cast implicitly to interval[]',
      'f: v_c is never read',
    ])
  })
})
