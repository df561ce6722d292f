import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const ENTRY = {
  issuer: 'https://token.actions.githubusercontent.com',
  audience: 'https://x.supabase.co',
  repository: 'acme/agents',
  refs: ['refs/heads/main'],
  events: ['push'],
}
const BOUND = {
  repositoryId: '1',
  ownerId: '2',
  workflow: '.github/workflows/registry.yml',
  environment: 'production',
}
let project: PostgresProject
beforeAll(async () => {
  project = await PostgresProject.create()
  project.write(agentFiles('ada')).commit()
  expect((await project.run('registry', 'publish')).exit).toBe(0)
})
afterAll(() => project.remove())

interface Check {
  name: string
  state: string
  detail: string
  fix?: string
}

/** Doctor's checks of the identities with these entries in force. */
async function checked(kind: string, entries: unknown): Promise<Check[]> {
  await project.database.query('delete from public.registry_policies')
  await project.database.query(
    'insert into public.registry_policies (kind, identities) values ($1, ($2::text)::jsonb)',
    [kind, JSON.stringify(entries)],
  )
  const { exit, json } = await project.run('doctor', '--json')
  expect(exit).toBe(0)
  return (json.data.checks as Check[]).filter(({ name }) => name === 'identities')
}

describe('doctor checks the CI jobs that may publish', () => {
  it('doctor accepts an entry that limits its jobs fully', async () => {
    expect(await checked('*', [{ ...ENTRY, ...BOUND }])).toEqual([
      { name: 'identities', state: 'ok', detail: '1 entry binds its jobs' },
    ])
  })

  it.each(Object.keys(BOUND))('doctor warns about an entry without %s', async (field) => {
    const entry: Record<string, unknown> = { ...ENTRY, ...BOUND }
    delete entry[field]
    const [warning, ...more] = await checked('agents', [{ ...ENTRY, ...BOUND }, entry])
    expect(more).toEqual([])
    expect(warning).toEqual({
      name: 'identities',
      state: 'warning',
      detail: `entry 2 of "identities" for the kind agents trusts acme/agents without "${field}"`,
      fix: `add "${field}" to the entry in registry_policies: docs/deploy.md, "Who may publish"`,
    })
  })

  it('doctor warns once about a preview entry without limits', async () => {
    const warnings = await checked('*', [{ ...ENTRY, previews: true }])
    expect(warnings).toMatchObject([{ state: 'warning' }])
    for (const field of Object.keys(BOUND)) expect(warnings[0]?.detail).toContain(`"${field}"`)
  })

  it.each([
    ['of another shape', { ...ENTRY, branch: 'main' }],
    ['that is not an object', 'acme/agents'],
  ])('doctor warns about an entry %s, which allows no job', async (_name, entry) => {
    expect(await checked('*', [entry])).toMatchObject([
      { state: 'warning', detail: expect.stringContaining('is not valid, so it allows no job') },
    ])
  })

  it('doctor reports nothing where no CI job may publish', async () => {
    expect(await checked('*', [])).toEqual([])
  })
})
