import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDeliveryGate } from '../../src/api/delivery-gate.ts'
import { isDelivery } from '../../src/api/http/gate.ts'
import { buildTags } from '../../src/api/http/tags.ts'
import { problem } from '../../src/api/reads/shapes.ts'
import { newSecret } from '../../src/contract/protocol/signature.ts'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { deliveryOf, FORGERIES, type Forgery, PATH, signedDelivery } from './support/forged-deliveries.ts'

const SECRET = newSecret()
let api: ApiUnderTest
let purged: string[][]
let woken: number
beforeAll(async () => {
  api = await openApiUnderTest({
    deliveries: { secrets: [SECRET], purge: async (tags) => void purged.push([...tags]) },
  })
  // The bus also polls the registry; the test counts only what is published to it.
  const { publish } = api.ports.bus
  api.ports.bus.publish = (news) => {
    woken++
    publish(news)
  }
})
afterAll(() => api?.close())
beforeEach(() => {
  purged = []
  woken = 0
})

const claims = async (place: string, id: string) => {
  const { data, error } = await api.cloud.client.rpc('registry_claim_delivery', { p_place: place, p_id: id })
  if (error) throw error
  return data === true
}
const gateOf = (secrets: string[]) => createDeliveryGate({ secrets, claim: (id) => claims('gate', id) })
const used = async () => (await api.cloud.client.from('registry_used_deliveries').select('id')).data

/** As on the platform: the middleware, and behind it the function. */
async function send({ headers, body }: Forgery, gate = gateOf([SECRET]), path = PATH): Promise<Response> {
  const request = new Request(`https://registry.test${path}`, { method: 'POST', headers, body })
  const named = new URL(path, 'https://registry.test')
  const refused = isDelivery(request) ? await gate(request) : undefined
  if (refused) return refused
  const { status, text } = await api.send(named.pathname, { method: 'POST', headers, body })
  return new Response(text === '' ? null : text, { status })
}

const untouched = { purged: [], woken: 0 }

describe('a forged delivery', () => {
  test.each(FORGERIES)('a forged delivery (%s) gets 401 and has no effect', async (_what, forge) => {
    const gate = gateOf([SECRET])
    const genuine = signedDelivery([SECRET], deliveryOf(1))
    const first = forge.replays ? await send(genuine, gate) : undefined
    expect(first?.status).toBe(forge.replays ? 204 : undefined)
    ;[purged, woken] = [[], 0]
    const before = await used()
    const answer = await send(forge.make(genuine, SECRET), gate)
    expect(answer.status).toBe(401)
    expect(problem.parse(await answer.json())).toMatchObject({ code: 'DELIVERY_REFUSED', status: 401 })
    expect({ purged, woken }).toEqual(untouched)
    expect(await used()).toEqual(before)
  })

  test.each(FORGERIES)(
    'a forged delivery (%s) is refused by the function behind the middleware as well',
    async (_what, forge) => {
      const genuine = signedDelivery([SECRET], deliveryOf(1))
      if (forge.replays) await send(genuine)
      ;[purged, woken] = [[], 0]
      const { headers, body } = forge.make(genuine, SECRET)
      const answer = await api.send(PATH, { method: 'POST', headers, body })
      expect([400, 401, 413, 415]).toContain(answer.status)
      expect({ purged, woken }).toEqual(untouched)
    },
  )

  test('the gate covers every spelling of the delivery path, and no other path', async () => {
    for (const path of [`${PATH}/`, `${PATH}.ts`, '/api/events/%64eliveries', '/api/Events/Deliveries'])
      expect(isDelivery(new Request(`https://x.test${path}`, { method: 'POST' }))).toBe(true)
    for (const path of ['/api/events', '/api/events/deliveries-of-mine', '/api/agents/validate', '/api/%zz'])
      expect(isDelivery(new Request(`https://x.test${path}`, { method: 'POST' }))).toBe(false)
    expect(isDelivery(new Request(`https://x.test${PATH}`))).toBe(false)
  })

  test('a signed delivery is refused where no secret is set', async () => {
    const gate = gateOf([])
    for (const secrets of [[SECRET], [`whsec_${'A'.repeat(22)}==`]])
      expect((await send(signedDelivery(secrets, deliveryOf(1)), gate)).status).toBe(401)
  })
})

describe('a delivery', () => {
  test('a delivery purges what it names, wakes the streams, and is accepted once', async () => {
    const delivery = signedDelivery([SECRET], deliveryOf(41, 42))
    expect((await send(delivery)).status).toBe(204)
    expect(purged).toEqual([
      ['registry-agents-lists', 'registry-agents-agent-41', 'registry-agents-agent-42'],
    ])
    expect(woken).toBe(1)
    // Another instance has not seen the id, and asks the database.
    expect((await send(delivery, gateOf([SECRET]))).status).toBe(401)
    expect(purged).toHaveLength(1)
  })

  test('a delivery that several instances get many times at once is accepted once', async () => {
    const delivery = signedDelivery([SECRET], deliveryOf(50))
    const gates = [gateOf([SECRET]), gateOf([SECRET]), gateOf([SECRET])]
    const answers = await Promise.all([...gates, ...gates].map((gate) => send(delivery, gate)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401, 401, 401])
    expect(purged).toHaveLength(1)
  })

  test('a delivery that reports a gap purges everything', async () => {
    const body = JSON.parse(deliveryOf(60))
    body.data.missed = true
    expect((await send(signedDelivery([SECRET], JSON.stringify(body)))).status).toBe(204)
    expect(purged).toEqual([['registry']])
  })

  test('a delivery about a refused publish purges nothing', async () => {
    const body = JSON.parse(deliveryOf(80, 81))
    Object.assign(body.data.events[0], { type: 'agent.validation_failed', id: 'A, registry,\u{1f600}' })
    expect((await send(signedDelivery([SECRET], JSON.stringify(body)))).status).toBe(204)
    expect(purged).toEqual([['registry-agents-lists', 'registry-agents-agent-81']])
    expect(woken).toBe(1)
  })

  test('a ping has no effect', async () => {
    const ping = { type: 'registry.ping', timestamp: new Date().toISOString(), data: { webhook: 'wh_1' } }
    expect((await send(signedDelivery([SECRET], JSON.stringify(ping)))).status).toBe(204)
    expect({ purged, woken }).toEqual(untouched)
  })

  test('a delivery of another shape is refused after its signature was accepted', async () => {
    const answer = await send(signedDelivery([SECRET], '{"type":"registry.other"}'))
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'BAD_REQUEST' }])
  })

  test('a delivery that cannot be recorded is refused with 503 and may be sent again', async () => {
    let down = true
    const gate = createDeliveryGate({
      secrets: [SECRET],
      claim: (id) => (down ? Promise.reject(new Error('away')) : claims('gate', id)),
    })
    const delivery = signedDelivery([SECRET], deliveryOf(70))
    const answer = await send(delivery, gate)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(purged).toEqual([])
    down = false
    expect((await send(delivery, gate)).status).toBe(204)
  })

  test('a delivery about many definitions purges their whole kind', () => {
    const events = Array.from({ length: 17 }, (_, at) => ({ kind: 'agents', id: `a${at}` }))
    expect(buildTags(events)).toEqual(['registry-agents'])
    expect(buildTags([...events.slice(0, 1), { kind: 'templates', id: 't' }])).toEqual([
      'registry-agents-lists',
      'registry-agents-a0',
      'registry-templates-lists',
      'registry-templates-t',
    ])
  })
})
