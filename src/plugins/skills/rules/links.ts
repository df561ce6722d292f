import type { Finding } from '../../../contract/diagnostic.ts'
import { RELATIVE_PATH } from '../../../contract/fields/relative-path.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { readBody } from '../../../contract/manifest/front-matter.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import type { SkillDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

/** Findings about links, at most: a text of 256 KiB can have 40,000 links. */
const MOST = 100

/** An inline link or image, and the definition of a link by reference; the target is in the first group that is set. */
const LINK =
  /\]\(\s{0,9}(?:<([^<>\n]{1,1024})>|([^\s()<>]{1,1024}))|^ {0,3}\[[^\]\n]{1,256}\]:[ \t]{1,9}(\S{1,1024})/gm
/** A path below one of the folders that the specification names. */
const MENTION =
  /(?<![\w./\\:-])(?:\.\/)?((?:scripts|references|assets)\/[\w./-]{0,254}\.[A-Za-z0-9]{1,9})(?![\w/])/g
const SCHEME = /^[a-z][a-z0-9+.-]*:|^\/|^#|^\?/i
/** Fenced blocks, and code within a line: a path there is mentioned, not linked. */
const CODE =
  /^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|(?![\s\S]))|(`+)(?!`)[^\n]{0,999}?[^`\n]\2(?!`)/gm

interface LinkedPath {
  path: string
  offset: number
}

/** Reports links and paths in SKILL.md that lead to no file of the skill. */
export function checkLinks({ files, texts, manifestPath: file }: SkillDefinition, findings: Finding[]): void {
  const text = texts.get(file) ?? ''
  const start = text.length - readBody(text).length
  const body = text.slice(start)
  const paths = files.map(({ path }) => path)
  const isThere = (path: string) =>
    path === '' ||
    paths.includes(path) ||
    paths.some((one) => one.startsWith(path.endsWith('/') ? path : `${path}/`))
  const links = listLinks(body.replace(CODE, (code) => ' '.repeat(code.length)))
  const linked = new Set(links.map(({ path }) => path))
  const lost = links.filter(({ path }) => !isThere(path)).slice(0, MOST)
  for (const { path, offset } of lost) findings.push(lostLink(path, { file, offset: start + offset }, paths))
  const mentions = firstOfEach(listMentions(body)).filter(({ path }) => !linked.has(path) && !isThere(path))
  for (const { path, offset } of mentions.slice(0, MOST))
    findings.push(
      makeFinding(
        'NOFX_SKILL_MENTION',
        { file, offset: start + offset },
        `the file ${quoted(path)} does not exist`,
        hintFor(path, paths),
      ),
    )
}

function listLinks(body: string): LinkedPath[] {
  return [...body.matchAll(LINK)].flatMap((match) => {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    if (SCHEME.test(target)) return []
    return [{ path: readPath(target), offset: match.index + match[0].indexOf(target) }]
  })
}

/** The path of a link: without its fragment, with its escapes decoded. */
function readPath(target: string): string {
  const path = target.replace(/[#?].*$/s, '').replace(/^(?:\.\/)+/, '')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function listMentions(body: string): LinkedPath[] {
  return [...body.matchAll(MENTION)].map((match) => ({ path: match[1] ?? '', offset: match.index }))
}

/** The first place of each path. */
function firstOfEach(targets: readonly LinkedPath[]): LinkedPath[] {
  return [...new Map(targets.toReversed().map((one) => [one.path, one])).values()].reverse()
}

function lostLink(path: string, place: { file: string; offset: number }, paths: readonly string[]): Finding {
  if (RELATIVE_PATH.test(path.replace(/\/$/, '')))
    return makeFinding(
      'NOFX_SKILL_LINK',
      place,
      `the linked file ${quoted(path)} does not exist`,
      hintFor(path, paths),
    )
  return makeFinding(
    'NOFX_SKILL_LINK',
    place,
    `the link ${quoted(path)} leads out of the skill's folder`,
    'put the file into the folder, or link its web address',
  )
}

function hintFor(path: string, paths: readonly string[]): string {
  const guess = nearest(path, paths)
  return guess ? `write ${guess}` : 'add the file, or correct the path'
}
