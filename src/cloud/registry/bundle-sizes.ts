import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { inParallel } from '../../core/in-parallel.ts'
import type { StoredSizes } from '../../core/registry/registry.ts'
import { OBJECT_SIZE } from '../../edge/gateway/gateway-routes.ts'
import { fitting } from './ask.ts'
import { remoteFailure } from './remote-failure.ts'

/** Sends a request to the storage API for a path below `/storage/v1`. */
export type StorageFetch = (path: string, init: StorageRequest) => Promise<Response>

interface StorageRequest extends RequestInit {
  headers?: Record<string, string>
}

/** The sizes of the objects of a bucket that have bytes, by their names. */
export type ReadSizes = (bucket: string, names: readonly string[]) => Promise<ReadonlyMap<string, number>>

/** What a question for sizes needs. */
export interface SizesSource {
  bucket: string
  /** The registry's name in messages. */
  label: string
  storageFetch?: StorageFetch
  /** Asks storage for many sizes at once. */
  readSizes?: ReadSizes
  /** The size of an object that cannot be asked for without its bytes; undefined for a missing object. */
  byDownload: (path: string) => Promise<number | undefined>
}

/** Sizes in one question to storage in this process, and entries of one page of a list. */
const AT_ONCE = 1000
/** Up to this number of objects, each is asked for. */
const SINGLY = 500
/** The number of listed objects that are asked for as well. */
const SAMPLES = 128
/** Maximum number of concurrent requests for an object's size. */
const HEADS_AT_ONCE = 32
/** Headers with an object's size: some servers remove the content length of an answer to HEAD. */
const SIZE_HEADERS = [OBJECT_SIZE, 'content-length']

const pageShape = z.object({
  hasNext: z.boolean(),
  nextCursor: z.string().max(4096).nullish(),
  objects: z
    .array(
      z.object({
        name: z.string().max(1024),
        metadata: z.object({ size: z.int().min(0).optional() }).nullable(),
      }),
    )
    .max(AT_ONCE),
})
type ListPage = z.output<typeof pageShape>

/**
 * The sizes of objects, from storage. Over HTTP, a list replaces most single questions if there are many objects.
 * Supabase lists rows of `storage.objects`, which can be there without bytes, for example in a restored database. So
 * an object that is not in the list is asked for, and so is a sample of those that are. If one answer differs from
 * the list, the list is not used.
 */
export async function measureBundles(
  source: SizesSource,
  paths: readonly string[],
  onRead: (count: number) => void,
): Promise<StoredSizes> {
  const { readSizes } = source
  if (readSizes) return { sizes: await inParts(source.bucket, readSizes, paths, onRead), fromList: 0 }
  const sizesInList = source.storageFetch && paths.length > SINGLY ? await listSizes(source, paths) : NO_SIZES
  onRead(sizesInList.size)
  const rest = paths.filter((path) => !sizesInList.has(path))
  const otherSizes = await askForEach(source, rest, onRead)
  const sample = pickSample([...sizesInList.keys()])
  const measured = await askForEach(source, sample, () => {})
  if (sample.every((path) => measured.get(path) === sizesInList.get(path)))
    return { sizes: new Map([...sizesInList, ...otherSizes]), fromList: sizesInList.size - sample.length }
  const all = await askForEach(source, [...sizesInList.keys()], () => {})
  return { sizes: new Map([...all, ...otherSizes]), fromList: 0 }
}

const NO_SIZES: ReadonlyMap<string, number> = new Map()

async function inParts(
  bucket: string,
  readSizes: ReadSizes,
  paths: readonly string[],
  onRead: (count: number) => void,
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const part = paths.slice(at, at + AT_ONCE)
    for (const [path, size] of await readSizes(bucket, part)) sizes.set(path, size)
    onRead(part.length)
  }
  return sizes
}

/** Objects spread over the whole list; which ones differs from run to run. */
function pickSample(paths: readonly string[]): string[] {
  const step = Math.max(1, paths.length / SAMPLES)
  const first = Math.random() * step
  return Array.from({ length: Math.min(SAMPLES, paths.length) }, (_, nth) => {
    return paths[Math.min(Math.floor(first + nth * step), paths.length - 1)] ?? ''
  })
}

/** The sizes in storage's own lists of the folders that the paths are in. */
async function listSizes(source: SizesSource, paths: readonly string[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for (const [folder, inside] of groupByFolder(paths)) {
    const names = new Set(inside)
    const last = inside.reduce((one, other) => (one > other ? one : other))
    // Objects that no path names must not make the list longer than the single questions.
    const most = Math.ceil(inside.length / HEADS_AT_ONCE)
    let cursor: string | undefined
    for (let pages = 0; pages < most; pages++) {
      const page = await askForPage(source, folder, cursor)
      if (!page) break
      for (const { name, metadata } of page.objects)
        if (names.has(name) && metadata?.size !== undefined) sizes.set(name, metadata.size)
      cursor = page.nextCursor ?? undefined
      if (!page.hasNext || cursor === undefined || (page.objects.at(-1)?.name ?? '') >= last) break
    }
  }
  return sizes
}

/** The paths by the folder of their kind, such as `agents/`, which has the folders of definitions. */
function groupByFolder(paths: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>()
  for (const path of paths) {
    const folder = path.split('/').slice(0, -2).concat('').join('/')
    const inside = folders.get(folder)
    if (inside) inside.push(path)
    else folders.set(folder, [path])
  }
  return folders
}

/** A page of a list in the order of names; undefined if this server or this key has no lists. */
async function askForPage(
  source: SizesSource,
  prefix: string,
  cursor: string | undefined,
): Promise<ListPage | undefined> {
  const what = `list the objects in ${prefix}`
  const body = JSON.stringify({ prefix, limit: AT_ONCE, ...(cursor === undefined ? {} : { cursor }) })
  const headers = { 'content-type': 'application/json' }
  const path = `/storage/v1/object/list-v2/${source.bucket}`
  const answer = await ask(source, what, path, { method: 'POST', headers, body })
  if (!answer || (answer.status >= 400 && answer.status < 500) || answer.status === 501) return undefined
  if (!answer.ok) throw remoteFailure(source.label, what, { message: `HTTP ${answer.status}` }, answer.status)
  return fitting(source.label, what, pageShape, await answer.json().catch(() => undefined))
}

async function askForEach(
  source: SizesSource,
  paths: readonly string[],
  onRead: (count: number) => void,
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  let uncounted = 0
  const passOn = () => {
    onRead(uncounted)
    uncounted = 0
  }
  await inParallel(paths, HEADS_AT_ONCE, async (path) => {
    const size = await readSize(source, path)
    if (size !== undefined) sizes.set(path, size)
    if (++uncounted >= AT_ONCE) passOn()
  })
  passOn()
  return sizes
}

async function readSize(source: SizesSource, path: string): Promise<number | undefined> {
  const what = `look for ${path}`
  const answer = await ask(source, what, `/storage/v1/object/${source.bucket}/${path}`, { method: 'HEAD' })
  if (answer && (answer.status === 400 || answer.status === 404)) return undefined
  if (answer && !answer.ok)
    throw remoteFailure(source.label, what, { message: `HTTP ${answer.status}` }, answer.status)
  const size = SIZE_HEADERS.map((name) => answer?.headers.get(name)).find((value) => value)
  return size ? Number(size) : source.byDownload(path)
}

async function ask(
  { label, storageFetch }: SizesSource,
  what: string,
  path: string,
  init: StorageRequest,
): Promise<Response | undefined> {
  try {
    return await storageFetch?.(path, init)
  } catch (error) {
    throw error instanceof Failure ? error : remoteFailure(label, what, error as Error, 0)
  }
}
