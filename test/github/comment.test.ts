import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { BOT, type GithubApi, serveGithubApi, TOKEN } from './support/github-api.ts'
import { readLog } from './support/step-log.ts'

const REPOSITORY = 'octo/agents'
const TEXT = '<!-- nofx -->\n### Publishing this: 1 added\n'
const SIGNED = `${TEXT}\n<sub>Commit abcdef012345, [run 77](https://github.com/octo/agents/actions/runs/77)</sub>`

let api: GithubApi
let folder: string

beforeAll(async () => {
  api = await serveGithubApi(REPOSITORY)
  folder = mkdtempSync(join(tmpdir(), 'nofx-comment-'))
})
afterAll(async () => {
  await api?.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  api.calls.length = 0
  api.comments = []
  api.faults = []
  api.onCall = () => {}
})

const pullRequest = (from = REPOSITORY) => ({
  pull_request: { number: 7, head: { sha: 'abcdef0123456789', repo: { full_name: from } } },
})

interface Given {
  text?: string
  event?: object
  token?: string
  name?: string
}

/** Runs the step's script as action.yml does. */
async function comment({ text = TEXT, event = pullRequest(), token = TOKEN, name = '' }: Given = {}) {
  const [file, payload] = [join(folder, 'comment.md'), join(folder, 'event.json')]
  writeFileSync(file, text)
  writeFileSync(payload, JSON.stringify(event))
  const env = {
    PATH: process.env.PATH,
    GITHUB_API_URL: api.url,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_RUN_ID: '77',
    GITHUB_EVENT_PATH: payload,
    GITHUB_TOKEN: token,
    NOFX_COMMENT_AUTHOR: BOT,
    NOFX_COMMENT_NAME: name,
    NOFX_COMMENT_FILE: file,
  }
  const child = spawn(process.execPath, ['scripts/action/comment.mjs'], { env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part
    })
  const exit = await new Promise<number | null>((done) => child.once('close', done))
  return { exit, output, ...readLog(output) }
}

const asked = () => api.calls.map(({ method, path }) => `${method} ${path}`)
const LIST = 'GET /repos/octo/agents/issues/7/comments?per_page=100&page='

test('makes the comment at first, replaces it then, and leaves one alone that says the same', async () => {
  expect(await comment()).toMatchObject({ exit: 0, output: '' })
  expect(asked()).toEqual([`${LIST}1`, 'POST /repos/octo/agents/issues/7/comments'])
  expect(api.calls[1]).toMatchObject({
    headers: {
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    body: { body: SIGNED },
  })
  api.calls.length = 0
  expect(await comment({ text: TEXT.replace('1 added', '2 added') })).toMatchObject({ exit: 0, output: '' })
  expect(asked()).toEqual([`${LIST}1`, 'PATCH /repos/octo/agents/issues/comments/1000'])
  expect(api.comments).toMatchObject([{ body: SIGNED.replace('1 added', '2 added') }])
  api.calls.length = 0
  await comment({ text: TEXT.replace('1 added', '2 added') })
  expect(asked()).toEqual([`${LIST}1`])
})

test('finds its comment behind hundreds of others, and takes no one else’s for it', async () => {
  const other = (id: number, login: string | undefined, body: string) => ({
    id,
    user: login === undefined ? null : { login },
    body,
  })
  api.comments = Array.from({ length: 230 }, (_, id) => other(id, 'ada', `hello ${id}`))
  api.comments[3] = other(3, 'mallory', SIGNED)
  api.comments[4] = other(4, undefined, SIGNED)
  api.comments[5] = other(5, BOT, `> ${SIGNED}`)
  api.comments[6] = other(6, BOT, SIGNED.replace('<!-- nofx -->', '<!-- nofx docs -->'))
  api.comments.push(other(500, BOT, SIGNED.replace('1 added', 'nothing')))
  await comment()
  expect(asked()).toEqual([
    `${LIST}1`,
    `${LIST}2`,
    `${LIST}3`,
    'PATCH /repos/octo/agents/issues/comments/500',
  ])
})

test.each<[what: string, fault: number | 'cut']>([
  ['GitHub is down for a moment', 502],
  ['the connection is cut', 'cut'],
])('writes one comment although %s', async (_what, fault) => {
  api.faults = [fault]
  expect(await comment()).toMatchObject({ exit: 0, output: '' })
  expect(api.comments).toMatchObject([{ body: SIGNED }])
})

test('writes it anew when it is deleted between the look and the change', async () => {
  api.comments = [{ id: 1, user: { login: BOT }, body: TEXT }]
  api.onCall = ({ method }) => {
    if (method === 'PATCH') api.comments = []
  }
  expect(await comment()).toMatchObject({ exit: 0, output: '' })
  expect(api.comments).toMatchObject([{ id: 1000, body: SIGNED }])
})

test('makes no second one when the reply to the first is lost', async () => {
  api.onCall = ({ method }) => {
    if (method !== 'POST') return
    api.comments.push({ id: 1, user: { login: BOT }, body: SIGNED })
    api.faults = [502]
  }
  expect(await comment()).toMatchObject({ exit: 0, output: '' })
  expect(api.comments).toHaveLength(1)
})

test.each<[what: string, given: Given, faults: (number | 'cut')[], says: string]>([
  [
    'the job may not comment',
    {},
    [403],
    '403 to GET issues/7/comments: the job needs "pull-requests: write"',
  ],
  ['the token is wrong', { token: 'wrong' }, [], '401 to GET issues/7/comments'],
  ['GitHub stays down', {}, [500, 503, 502], '502 to GET issues/7/comments'],
  ['the file is not from nofx', { text: '# Hello\n' }, [], 'comment.md is not a comment by nofx'],
  [
    'the text is longer than GitHub takes',
    { text: `${TEXT}${'x'.repeat(65_500)}` },
    [],
    'and GitHub takes 65536',
  ],
])(
  'a comment that cannot be written is a warning and fails nothing: %s',
  async (_what, given, faults, says) => {
    api.faults = faults
    const { exit, commands, output } = await comment(given)
    expect(exit).toBe(0)
    expect(commands).toHaveLength(1)
    expect(commands[0]).toMatch(/^::warning::No comment was written: /)
    expect(commands[0]).toContain(says)
    expect(output).not.toContain(TOKEN)
    expect(api.comments).toEqual([])
  },
)

test.each<[what: string, event: object, says: string]>([
  [
    'a fork',
    pullRequest('mallory/agents'),
    "A fork's run may not comment: what it says is on the page of the run.",
  ],
  ['a fork that is deleted', { pull_request: { number: 7, head: { sha: 'a', repo: null } } }, 'A fork'],
  ['a push', { ref: 'refs/heads/main' }, 'There is no pull request to comment on.'],
])('asks GitHub nothing for %s', async (_what, event, says) => {
  const { exit, commands } = await comment({ event })
  expect(exit).toBe(0)
  expect(commands).toEqual([expect.stringContaining(`::notice::${says}`)])
  expect(api.calls).toEqual([])
})
