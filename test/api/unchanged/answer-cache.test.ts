import { expect, test } from 'vitest'
import { composeOnce } from '../../../src/api/compose-once.ts'
import type { RouteCall } from '../../../src/api/route.ts'
import { createAnswerCache } from '../../../src/api/unchanged/answer-cache.ts'

/** A registry whose newest event has the number `seq`, and calls that compose an answer with it. */
function registryUnderTest() {
  const state = { seq: 1, composed: 0 }
  let open: () => void = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const client = {}
  const ports = {
    answers: createAnswerCache(),
    newest: async () => ({ seq: state.seq, mark: `mark ${state.seq}` }),
    reader: () => client,
    service: {},
  }
  const call = {
    ports,
    client,
    url: new URL('http://api.test/api/agents'),
    conditional: false,
    matches: () => false,
  }
  const ask = () =>
    composeOnce(call as unknown as RouteCall, 'a list', async () => {
      const { seq } = state
      state.composed++
      await gate
      return { seq, answer: { body: { seq } } }
    })
  return { state, open, ask }
}

const seqIn = ({ body, content }: Awaited<ReturnType<typeof composeOnce>>) =>
  content ? JSON.parse(String(content.bytes)).seq : (body as { seq: number }).seq

test('callers at the same time get the answer that one of them composes', async () => {
  const { state, open, ask } = registryUnderTest()
  const answers = Promise.all([ask(), ask(), ask()])
  open()
  expect((await answers).map(seqIn)).toEqual([1, 1, 1])
  expect(state.composed).toBe(1)
})

test('a caller gets no answer that was begun before what it must see was written', async () => {
  const { state, open, ask } = registryUnderTest()
  const early = ask()
  state.seq = 2
  const late = ask()
  open()
  expect(seqIn(await late)).toBe(2)
  await early
  expect(seqIn(await ask())).toBe(2)
})

test('an answer that failed is composed again', async () => {
  const { share } = createAnswerCache()
  const failing = () => Promise.reject(new Error('down'))
  await expect(share('key', failing)).rejects.toThrow('down')
  expect(await share('key', async () => ({ seq: 1, answer: {} }))).toMatchObject({ seq: 1, own: true })
})
