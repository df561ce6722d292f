import { expect, test } from 'vitest'
import { DatabaseTrouble } from '../../../../src/cloud/embedded/database/trouble.ts'
import { Failure } from '../../../../src/contract/failure.ts'

const REQUEST = new Request('http://embedded.localhost/rest/v1/revisions')
const nothing = () => {}
const ofDatabase = (message: string) =>
  new DatabaseTrouble(() => new Failure('REMOTE_FAILED', message, 'nofx doctor'))
const broken = async () => new Response(null, { status: 500 })

test('a process in which many clouds were open does not mark its promises for each of them', async () => {
  // Up to Node.js 22, an AsyncLocalStorage that was used adds a symbol to every later promise.
  const marks = () => Object.getOwnPropertySymbols(new Promise(nothing)).length
  const use = () => ofDatabase('gone').answer(REQUEST, async () => new Response('fine'), nothing)
  await use()
  const once = marks()
  for (let clouds = 0; clouds < 10; clouds++) await use()
  expect(marks()).toBe(once)
})

test('a request fails with what happened below it in its own database, and in no other', async () => {
  const [own, other] = [ofDatabase('own'), ofDatabase('other')]
  const answer = (noted: DatabaseTrouble) =>
    own.answer(
      REQUEST,
      async () => {
        noted.note(new Error('lost'))
        return broken()
      },
      nothing,
    )
  const failed = await answer(own)
  expect([failed.status, await failed.json()]).toMatchObject([503, { code: 'REMOTE_FAILED', message: 'own' }])
  expect((await answer(other)).status).toBe(500)
})

test('two requests at the same time keep their failures apart', async () => {
  const own = ofDatabase('own')
  const late = async (isLost: boolean) => {
    await new Promise(setImmediate)
    if (isLost) own.note(new Error('lost'))
    return broken()
  }
  const answers = await Promise.all(
    [true, false].map((isLost) => own.answer(REQUEST, () => late(isLost), nothing)),
  )
  expect(answers.map(({ status }) => status)).toEqual([503, 500])
})
