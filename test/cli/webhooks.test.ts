import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDevInTest } from '../dev/support/start-dev.ts'
import { receive } from '../edge/support/receiver.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

describe('nofx webhooks', () => {
  let project: PostgresProject
  const run = (...words: string[]) => project.run('webhooks', ...words, '--json')
  beforeAll(async () => {
    project = await PostgresProject.create()
  })
  afterAll(() => project.remove())

  it('webhooks shows a secret once, and the state of each destination', async () => {
    const added = await project.run('webhooks', 'add', 'https://example.com/hook', '--kind', 'agents')
    expect(added.exit).toBe(0)
    expect(added.stdout).toMatch(
      /^Added wh_[0-9a-f]{16}: it gets everything after event 0\.\n {2}secret {2}whsec_\S{44}\n/,
    )
    const listed = await project.run('webhooks', 'list')
    expect(listed.stdout).toMatch(/wh_[0-9a-f]{16} +active +0 +0 +agents +https:\/\/example\.com\/hook/)
    const json = await run('list')
    expect(listed.stdout + json.stdout).not.toContain('whsec')
    const [{ id }] = json.json.data.webhooks
    expect((await run('remove', id)).json.data).toEqual({ id, url: 'https://example.com/hook' })
    expect((await project.run('webhooks', 'list')).stdout).toMatch(/^There are no webhooks\./)
  })

  it('webhooks add names the rule that a URL breaks, and adds nothing', async () => {
    const refused = [
      ['https://10.0.0.7/hook', 'NOFX_WEBHOOK_URL_PRIVATE'],
      ['http://example.com/hook', 'NOFX_WEBHOOK_URL_SCHEME'],
      ['https://ann:hunter2@example.com/', 'NOFX_WEBHOOK_URL_USERINFO'],
      ['example.com', 'NOFX_WEBHOOK_URL_INVALID'],
    ] as const
    for (const [url, rule] of refused) {
      const { exit, json, stdout } = await run('add', url)
      expect([exit, json.error]).toMatchObject([1, { code: 'REFUSED', detail: { rule } }])
      expect(stdout).not.toContain('hunter2')
    }
    expect((await run('list')).json.data.webhooks).toEqual([])
  })

  it.each([
    [['add', 'https://example.com/', '--kind', 'robots'], 2, 'USAGE'],
    [['add', 'https://example.com/', '--type', 'agent.moved'], 2, 'USAGE'],
    [['add', 'https://example.com/', '--type', 'agent.validation_failed'], 2, 'USAGE'],
    [['add', 'https://example.com/', '--deployment', '--kind', 'agents'], 2, 'USAGE'],
    [['test', 'wh_none'], 1, 'NOT_FOUND'],
    [['rotate', 'wh_none'], 1, 'NOT_FOUND'],
    [['remove', 'wh_none'], 1, 'NOT_FOUND'],
  ])('%j exits %i with %s', async (words, exit, code) => {
    const { exit: status, json } = await run(...words)
    expect([status, json.error.code]).toEqual([exit, code])
  })

  it('webhooks test calls a receiver now, and reports its answer', async () => {
    const receiver = await receive((outgoing) =>
      outgoing.writeHead(receiver.got.length > 1 ? 500 : 200).end(),
    )
    const { id, secret } = (await run('add', receiver.url)).json.data
    const good = await project.run('webhooks', 'test', id)
    expect([good.exit, good.stdout]).toEqual([
      0,
      expect.stringMatching(/^wh_\w+ answered 200 in \d+ ms\.\n$/),
    ])
    expect(new Webhook(secret).verify(receiver.got[0]!.body, receiver.got[0]!.headers)).toMatchObject({
      type: 'registry.ping',
    })
    const rotated = await project.run('webhooks', 'rotate', id)
    expect([rotated.exit, rotated.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^wh_\w+ has a new secret; the old one is valid until \S+\.\n {2}secret {2}whsec_\S{44}\n/,
      ),
    ])
    const bad = await run('test', id)
    expect([bad.exit, bad.json]).toMatchObject([
      3,
      { error: { code: 'REMOTE_FAILED' }, data: { id, status: 500 } },
    ])
    expect(bad.json.error.message).toBe(`${id} did not accept the ping: it answered 500`)
  })
})

describe('nofx dev', () => {
  it('nofx dev delivers a publish to a webhook on this machine at once, and wakes its own API over the signed path', async () => {
    const project = await PostgresProject.create()
    const deployment = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    try {
      project.write(agentFiles('ada')).commit()
      const dev = startDevInTest(project, ['--db', project.database.url], { NOFX_EVENTS_SECRET: deployment })
      const own = `${await dev.url}/api/events/deliveries`
      let arrived = () => {}
      const delivered = new Promise<void>((resolve) => {
        arrived = resolve
      })
      const receiver = await receive((outgoing) => {
        outgoing.end()
        arrived()
      })
      const run = (...words: string[]) =>
        project.runWith({ env: { NOFX_DATABASE_URL: '' } }, ...words, '--json')
      const { secret } = (await run('webhooks', 'add', receiver.url)).json.data
      expect((await run('webhooks', 'add', own, '--deployment')).exit).toBe(0)
      expect((await run('registry', 'publish')).exit).toBe(0)
      await delivered
      const [{ headers, body }] = receiver.got as [(typeof receiver.got)[number]]
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({
        type: 'registry.events',
        data: { events: [{ type: 'agent.added', kind: 'agents', id: 'ada', version: 1 }] },
      })
      await dev.says(/POST \/api\/events\/deliveries 204/)
      const forged = await fetch(own, { method: 'POST', headers, body })
      expect(forged.status).toBe(401)
      const lags = async () =>
        (await run('webhooks', 'list')).json.data.webhooks.map(({ lag }: { lag: number }) => lag)
      await expect.poll(lags, { timeout: 30_000 }).toEqual([0, 0])
      expect(dev.output()).not.toMatch(/whsec_/)
      dev.child.kill('SIGTERM')
      expect((await dev.ended).exit).toBe(0)
    } finally {
      await project.remove()
    }
  })
})
