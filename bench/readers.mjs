import { Agent, request } from 'node:http'
import { median } from './measure.mjs'

/** Concurrent requests of a rate, and requests per round. */
const AT_ONCE = 8
const ROUND = 400
/** The readers, streams and seconds of a busy server. */
const READERS = 200
const STREAMS = 100
/** How many of them the server leaves to callers with credentials. */
const OF_PUBLISHERS = 20
const SECONDS = 20
/** Time between two changes while they read, milliseconds. */
const CHANGE_EACH_MS = 500

const benchId = (nth) => `bench-agent-${String(nth).padStart(5, '0')}`

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
const many = new Agent({ keepAlive: true, maxSockets: READERS })

/**
 * Requests a second for the list of 100: when it is in memory, when the caller has it (304), the first time in a state
 * of the registry, and the same where every page is composed. Medians of eight rounds without the first, which warms up the
 * server.
 */
export async function measureLists({ url, keys, id = benchId }) {
  const list = `${url}/api/agents?limit=100`
  const rounds = []
  for (let round = 0; round < 8; round++) {
    const { headers } = await ask(list)
    const repeated = await rateOf(Array(ROUND).fill(list), {}, 200)
    const unchanged = await rateOf(Array(ROUND).fill(list), { 'if-none-match': headers.etag }, 304)
    const pages = await pagesOf(list)
    await change(url, keys, id, 0)
    const first = await rateOf(pages, {}, 200)
    // In this order, every page has to be composed again after every change.
    const sorted = await pagesOf(`${list}&sort=-updatedAt`)
    await change(url, keys, id, 1)
    rounds.push({ repeated, unchanged, first, composed: await rateOf(sorted, {}, 200) })
  }
  return Object.fromEntries(
    Object.keys(rounds[0]).map((name) => [name, median(rounds.slice(1).map((round) => round[name]))]),
  )
}

/**
 * The slowest of 100 answers, milliseconds, while 200 readers repeat their requests, 100 streams are open and a definition
 * changes twice a second.
 */
export async function measureBusy({ url, keys, id = benchId }) {
  const publisher = { apikey: keys.secret, authorization: `Bearer ${keys.secret}` }
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, (_, nth) => openStream(url, nth < OF_PUBLISHERS ? publisher : {})),
  )
  const times = []
  let failed = 0
  const until = Date.now() + SECONDS * 1000
  const reader = async (nth) => {
    const paths = ['?limit=100', `/${id(nth)}`, '?limit=25&sort=-updatedAt']
    for (let turn = nth; Date.now() < until; turn++) {
      const started = performance.now()
      const { status } = await ask(`${url}/api/agents${paths[turn % paths.length]}`, {}, many)
      times.push(performance.now() - started)
      // The definition that changes is not there half of the time.
      if (status !== 200 && status !== 404) failed++
    }
  }
  const changes = async () => {
    for (let turn = 0; Date.now() < until; turn++) {
      await change(url, keys, id, turn)
      await new Promise((resolve) => setTimeout(resolve, CHANGE_EACH_MS))
    }
  }
  await Promise.all([changes(), ...Array.from({ length: READERS }, (_, nth) => reader(nth))])
  const events = streams.map((stream) => stream.end())
  times.sort((a, b) => a - b)
  return {
    rate: times.length / SECONDS,
    p50: times[Math.floor(times.length / 2)],
    p99: times[Math.floor(times.length * 0.99)],
    failed,
    fewest: Math.min(...events),
  }
}

/** The addresses of all pages of a list. */
async function pagesOf(list) {
  const pages = [list]
  for (;;) {
    const { body } = await ask(pages.at(-1))
    const { nextCursor } = JSON.parse(body)
    if (!nextCursor) return pages
    pages.push(`${list}&cursor=${nextCursor}`)
  }
}

/** Switches one definition off, or on again: an event, after which no answer in memory is valid. */
async function change(url, keys, id, turn) {
  const action = turn % 2 === 0 ? 'disable' : 'enable'
  const headers = {
    apikey: keys.secret,
    authorization: `Bearer ${keys.secret}`,
    'content-type': 'application/json',
    'idempotency-key': `bench-${process.pid}-${Date.now()}`,
  }
  const body = JSON.stringify({ reason: 'bench' })
  const answer = await ask(`${url}/api/agents/${id(7)}/${action}`, headers, agent, 'POST', body)
  if (answer.status !== 200) throw new Error(`${action} answered ${answer.status}: ${answer.body}`)
}

/** Counts the events of a stream once it is open. */
function openStream(url, credentials) {
  let events = 0
  const headers = { accept: 'text/event-stream', ...credentials }
  return new Promise((resolve, reject) => {
    const opened = request(`${url}/api/events?since=now`, { agent: false, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a stream was answered with ${response.statusCode}`))
      response.setEncoding('utf8')
      response.on('data', (text) => {
        events += text.split('\nevent:').length - 1
      })
      response.on('error', () => {})
      const end = () => {
        opened.destroy()
        return events
      }
      resolve({ end })
    })
    opened.on('error', reject)
    opened.end()
  })
}

function ask(url, headers = {}, through = agent, method = 'GET', sent = undefined) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: through, headers, method }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text) => {
        body += text
      })
      response.once('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    asked.once('error', reject)
    asked.end(sent)
  })
}

/** Answers per second. Throws on an unexpected answer. */
async function rateOf(urls, headers, status) {
  let next = 0
  const started = process.hrtime.bigint()
  const worker = async () => {
    while (next < urls.length) {
      const url = urls[next++]
      const answer = await ask(url, headers)
      if (answer.status !== status) throw new Error(`${url} answered ${answer.status}, not ${status}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return urls.length / (Number(process.hrtime.bigint() - started) / 1e9)
}
