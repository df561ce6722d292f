import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { SILENT } from '../../../../src/core/progress.ts'
import { DigestCache } from '../../../../src/core/tree/digest-cache.ts'
import { sourceOfPublish } from '../../../../src/core/tree/publish-source.ts'
import type { WorkingTree } from '../../../../src/core/tree/tree.ts'
import { digestTree } from '../../../../src/core/tree/tree-digests.ts'
import { validate } from '../../../../src/core/validate/validate.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { agentFiles } from '../../../harness/project.ts'

/** Who commits. Upkeep after a commit would start a second process each time, and has nothing to do. */
const IDENTITY = [
  ...['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgSign=false'],
  ...['-c', 'maintenance.auto=false'],
]
/** The path of the definition under test, from the top of the repository. */
export const ONE = 'packages/shared/agents/one'

/** The environment without git's variables, so that the caller's git does not affect a test. */
const plainEnv = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null/none',
})

/** A repository with one agent, in its own temporary folder. */
export class Repository {
  readonly root: string
  readonly top: string

  constructor(root = mkdtempSync(join(tmpdir(), 'nofx-commit-')), top = join(root, 'a')) {
    this.root = root
    this.top = top
  }

  /** A copy with clean files: the index is refreshed, because it contains facts about the disk. */
  copy(): Repository {
    const copy = new Repository()
    cpSync(this.top, copy.top, { recursive: true })
    copy.git('status')
    return copy
  }

  /** The same files and objects at another path, such as a clone. */
  at(name: string): Repository {
    return new Repository(this.root, join(this.root, name))
  }

  git(...args: string[]): string {
    const options = { cwd: this.top, env: plainEnv(), encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', [...IDENTITY, ...args], options).trim()
  }

  /** Clones this repository with git's own transport, so that filters and depths count. */
  clone(name: string, ...words: string[]): Repository {
    this.git('config', 'uploadpack.allowFilter', 'true')
    this.git('clone', '-q', ...words, `file://${this.top}`, join(this.root, name))
    return this.at(name)
  }

  write(files: Record<string, string | object>): this {
    for (const [path, content] of Object.entries(files)) {
      const target = join(this.top, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content))
    }
    return this
  }

  commit(): this {
    this.git('add', '-A')
    this.git('commit', '-qm', 'change')
    return this
  }

  tree(top = this.top): WorkingTree {
    return { root: join(top, 'packages/shared'), shownPath: 'packages/shared', kinds: [agents] }
  }

  /** What a publish would take: digests by name and the rules of findings, or the failure that refused it. */
  async published(options: { allowDirty?: boolean; anyRank?: boolean; top?: string } = {}) {
    const { top, ...rest } = { allowDirty: false, ...options }
    const { commit, tree } = await sourceOfPublish(this.tree(top), rest)
    const digests = Object.fromEntries(await digestTree(tree, () => true, SILENT))
    for (const run of ['cold', 'warm']) {
      const cached = { ...tree, digests: new DigestCache(join(this.root, 'cache'), 'test') }
      expect(Object.fromEntries(await digestTree(cached, () => true, SILENT)), run).toEqual(digests)
    }
    const { diagnostics } = await validate(tree, { askRegistry: async () => 'missing' }, SILENT)
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)
    return { commit, digests, errors }
  }

  /** The digests of HEAD, computed from `git cat-file` alone: a second implementation of the documented digest. */
  expected(): Record<string, string> {
    const found = new Map<string, object[]>()
    const wanted: { oid: string; id: string; inside: string; mode: string }[] = []
    for (const row of this.git('ls-tree', '-r', '-z', '--full-tree', 'HEAD').split('\0').filter(Boolean)) {
      const [about = '', path = ''] = row.split('\t')
      const [mode, , oid = ''] = about.split(' ')
      const [, id, inside] = /^packages\/shared\/agents\/([^/]+)\/(.+)$/s.exec(path) ?? []
      if (id && inside && mode?.startsWith('100')) wanted.push({ oid, id, inside, mode })
    }
    const blobs = this.blobs(wanted.map(({ oid }) => oid))
    for (const [at, { id, inside, mode }] of wanted.entries()) {
      const raw = blobs[at] ?? Buffer.of()
      const isAsset = inside.startsWith('assets/')
      const bytes = isAsset ? raw : Buffer.from(raw.toString().replaceAll('\r\n', '\n'))
      const executable = isAsset && mode === '100755' ? { executable: true } : {}
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      found.set(id, [...(found.get(id) ?? []), { ...executable, path: inside, sha256, size: bytes.length }])
    }
    return Object.fromEntries(
      [...found].map(([id, files]) => {
        const text = JSON.stringify({ files, id, kind: 'agents' })
        return [`agents/${id}`, createHash('sha256').update(text).digest('hex')]
      }),
    )
  }

  /** The bytes of blobs. One process of git reads all of them. */
  private blobs(oids: readonly string[]): Buffer[] {
    const input = oids.map((oid) => `${oid}\n`).join('')
    const options = { cwd: this.top, env: plainEnv(), maxBuffer: Infinity, input }
    const output = execFileSync('git', ['cat-file', '--batch'], options)
    let at = 0
    return oids.map((oid) => {
      const start = output.indexOf('\n', at) + 1
      const [name, type, size] = output.toString('latin1', at, start).trimEnd().split(' ')
      expect([name, type]).toEqual([oid, 'blob'])
      at = start + Number(size) + 1
      return output.subarray(start, start + Number(size))
    })
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** An agent with each kind of file, and a second agent. */
export function makeRepository(...words: string[]): Repository {
  const made = new Repository()
  mkdirSync(made.top)
  made.git('init', '-q', '-b', 'main', ...words)
  made.write(agentFiles('one')).write(agentFiles('two'))
  made.write({
    '.gitignore': '.DS_Store\n*.log\n/ignored/\n',
    [`${ONE}/prompts/more.md`]: 'One.\nTwo.\n',
    [`${ONE}/assets/data.csv`]: 'a,b\n1,2\n',
    [`${ONE}/assets/crlf.csv`]: 'a,b\r\n1,2\r\n',
    [`${ONE}/assets/id.txt`]: '$Id$ $Format:%H$\n',
    [`${ONE}/assets/run.sh`]: '#!/bin/sh\n',
    [`${ONE}/assets/größe ü.txt`]: 'name\n',
  })
  chmodSync(join(made.top, ONE, 'assets/run.sh'), 0o755)
  return made.commit()
}
