import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoctorCheck } from '../../src/core/doctor.ts'
import { type LyingProxy, lyingProxy } from '../harness/lying-proxy.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { HostedProject, PASSWORD } from './support/hosted-project.ts'

const PARTS = ['database', 'migrations', 'bucket', 'realtime', 'forwarder']
let project: HostedProject
/** The same project, with other settings of Auth. */
let proxy: LyingProxy
let secret: Record<string, string>
beforeAll(async () => {
  project = await HostedProject.create()
  project.write(agentFiles('good')).commit()
  proxy = await lyingProxy(project.url)
  await project.invite('ada@example.com')
  secret = project.as('none', { SUPABASE_SECRET_KEY: project.keys.secret })
})
afterAll(async () => {
  await proxy.close()
  await project.remove()
})

/** The checks by their names, and the exit status. */
async function checked(env: Record<string, string>) {
  const { exit, json } = await project.runWith({ env }, 'doctor', '--json')
  const checks: DoctorCheck[] = json.data.checks
  return { exit, of: Object.fromEntries(checks.map((check) => [check.name, check])) }
}

describe('doctor on a hosted project', () => {
  test('with the publishable key it checks what that key sees, and says what it could not see', async () => {
    const { exit, of } = await checked(project.as('none'))
    expect(exit).toBe(0)
    expect(of.registry).toMatchObject({
      state: 'ok',
      detail: `${project.url}: 0 definitions that are public`,
    })
    expect(of['function registry_agents_sync']).toMatchObject({ state: 'ok', detail: 'version 0.1.0' })
    expect(of['function registry_templates_sync']).toMatchObject({ state: 'ok' })
    expect(of.database).toMatchObject({
      state: 'skipped',
      detail: expect.stringContaining('SUPABASE_SECRET_KEY'),
    })
    expect(of.api).toMatchObject({ state: 'skipped', detail: expect.stringContaining('NOFX_API_URL') })
  })

  test.each<[what: string, settings: object, state: string, detail: string, fix?: string]>([
    ['everyone may sign up', {}, 'warning', 'everyone may sign up', 'supabase config push'],
    ['sign-up is off', { disable_signup: true }, 'ok', 'off; publishers are invited'],
    [
      'sign-in by email is off',
      { disable_signup: true, external: { email: false } },
      'warning',
      'sign-in by email is off, so nofx login cannot work',
      'turn it on in the dashboard: Authentication → Sign In / Providers → Email',
    ],
  ])('it sees the settings of Auth when %s', async (_what, settings, state, detail, fix) => {
    proxy.begin(({ call, body }) =>
      call === 'GET /auth/v1/settings' ? { ...(body as object), ...settings } : body,
    )
    const { exit, of } = await checked({ ...project.as('none'), SUPABASE_URL: proxy.url })
    expect(exit).toBe(0)
    expect(of['sign-up']).toEqual({ name: 'sign-up', state, detail, ...(fix ? { fix } : {}) })
  })

  test('as a publisher it does not see the parts of the owner either', async () => {
    const env = project.as('ada')
    const words = ['login', '--email', 'ada@example.com']
    await project.runWith({ env: { ...env, NOFX_PASSWORD: PASSWORD } }, ...words)
    const { exit, of } = await checked(env)
    expect(exit).toBe(0)
    expect(PARTS.filter((name) => of[name])).toEqual(['database'])
    expect(of.registry?.detail).toContain('nothing published yet')
  })

  test('with the secret key it checks every part, and names the command that makes the forwarder', async () => {
    const { exit, of } = await checked({ ...secret, NOFX_API_URL: project.url })
    expect(exit).toBe(0)
    expect(of.migrations).toMatchObject({ state: 'ok', detail: 'all applied' })
    expect(of.bucket).toMatchObject({ state: 'ok' })
    const fix =
      'enable supabase_vault in the dashboard (Database → Extensions), then run: nofx doctor --setup'
    expect(of.forwarder).toMatchObject({ state: 'warning', fix })
    expect(of.api).toMatchObject({ state: 'ok', detail: `${project.url} answers` })
  })

  test.each([
    ['migrations', 'delete from supabase_migrations.schema_migrations', 'supabase db push --linked'],
    ['bucket', `update storage.buckets set public = true where id = 'registry'`, 'nofx doctor --setup'],
    ['bucket', `delete from storage.buckets where id = 'registry'`, 'nofx doctor --setup'],
  ])('a fault of the %s fails, with its fix', async (name, fault, fix) => {
    const kept = await project.database.query('select * from supabase_migrations.schema_migrations')
    await project.database.query(fault)
    const { exit, of } = await checked(secret)
    // It makes these parts also where it cannot make the forwarder.
    await project.runWith({ env: secret }, 'doctor', '--setup')
    if (name === 'bucket') expect((await checked(secret)).of.bucket).toMatchObject({ state: 'ok' })
    for (const { version } of kept) {
      const again =
        'insert into supabase_migrations.schema_migrations (version) values ($1) on conflict do nothing'
      await project.database.query(again, [version])
    }
    expect(exit).toBe(2)
    expect(of[name]).toMatchObject({ state: 'failed', fix: expect.stringContaining(fix) })
  })

  test('--setup needs the secret key, and says when the project has no Vault', async () => {
    const less = await project.runWith({ env: project.as('none') }, 'doctor', '--setup')
    expect(less).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('set SUPABASE_URL and SUPABASE_SECRET_KEY'),
    })
    const local = await project.runWith({ env: secret }, 'doctor', '--setup')
    expect(local).toMatchObject({ exit: 1, stderr: expect.stringContaining('has no Vault') })
    expect(local.stderr).not.toContain(project.keys.secret)
  })
})

describe('a folder without a registry', () => {
  test('gets none from doctor, and one from other commands', async () => {
    const empty = new TestProject({}, { empty: true, resident: true })
    expect((await empty.run('doctor')).stdout).toContain('this folder has no registry yet')
    expect(existsSync(join(empty.root, '.nofx'))).toBe(false)
    const listed = await empty.run('registry', 'list')
    expect(listed.exit).toBe(0)
    expect(existsSync(join(empty.root, '.nofx'))).toBe(true)
    empty.remove()
  })
})
