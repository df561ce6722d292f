import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutRealtime } from '../../../src/edge/http/client-options.ts'
import { HostedProject, PASSWORD } from '../../cli/support/hosted-project.ts'
import { agentFiles } from '../../harness/project.ts'
import { PRIVATE, VIEWS } from '../../sql/support/access-matrix.ts'

const READERS = ['the publishable key', 'a user', 'a publisher', 'the secret key'] as const

let project: HostedProject
beforeAll(async () => {
  project = await HostedProject.create()
  await project.invite('guest@example.com', 'guest')
  await project.invite('ada@example.com')
  project.write({ ...agentFiles('live'), ...agentFiles('draft', { status: 'draft' }) }).commit()
  const published = await project.runWith(
    { env: { SUPABASE_SECRET_KEY: project.keys.secret } },
    ...['registry', 'publish'],
  )
  expect(published, published.stderr).toMatchObject({ exit: 0 })
})
afterAll(() => project.remove())

async function clientOf(reader: (typeof READERS)[number]) {
  const { publishable, secret } = project.keys
  const client = createClient(
    project.url,
    reader === 'the secret key' ? secret : publishable,
    withoutRealtime(fetch),
  )
  const email = { 'a user': 'guest@example.com', 'a publisher': 'ada@example.com' }[reader as 'a user']
  if (email) expect((await client.auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()
  return client
}

describe.each(READERS)("select('*') with %s", (reader) => {
  test.each(Object.keys(VIEWS))('answers 200 for %s, without a private column', async (view) => {
    const client = await clientOf(reader)
    const { status, error, data } = await client.from(view).select('*')
    expect({ status, error }).toEqual({ status: 200, error: null })
    const hidden = PRIVATE[VIEWS[view] ?? ''] ?? []
    for (const row of data ?? []) expect(hidden.filter((column) => Object.hasOwn(row, column))).toEqual([])
    const ids = (data ?? []).map(({ id }: { id: string }) => id).sort()
    const seesDrafts = reader === 'a publisher' || reader === 'the secret key'
    expect(ids).toEqual(view === 'registry_templates' ? [] : seesDrafts ? ['draft', 'live'] : ['live'])
  })

  test.each(Object.keys(VIEWS))('writes nothing through %s', async (view) => {
    const client = await clientOf(reader)
    const { error } = await client.from(view).delete().eq('id', 'live')
    expect(error).toMatchObject({ code: '42501' })
  })
})
