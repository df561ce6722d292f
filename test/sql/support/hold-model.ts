import { expect } from 'vitest'
import { digestFor, type RegistryUnderTest, type Wanted } from './registry-under-test.ts'

export type Step =
  | { do: 'publish'; text: number; unhold: boolean; draft: boolean }
  | { do: 'rollback'; to: number }
  | { do: 'undo' | 'remove' | 'undelete' | 'promote' }

interface Version {
  text: string
  state: 'active' | 'draft' | 'removed'
  release: string | null
}

/** One definition beside a model of it that knows all content that a rollback passed over. */
export class HoldModel {
  private readonly registry: RegistryUnderTest
  private readonly versions: Version[] = []
  private readonly held = new Set<string>()

  constructor(registry: RegistryUnderTest) {
    this.registry = registry
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'publish') await this.publish(step)
    else if (step.do === 'rollback') await this.rollback(1 + (step.to % Math.max(1, this.versions.length)))
    else await this[step.do]()
    await this.compare()
  }

  private get newest(): Version | undefined {
    return this.versions.at(-1)
  }

  /** The newest version before `below` that readers saw, if it was not a tombstone; versions start at 1. */
  private liveBefore(below: number): number | undefined {
    const last = this.versions.findLastIndex((one, index) => index + 1 < below && one.state !== 'draft')
    return this.versions[last]?.state === 'active' ? last + 1 : undefined
  }

  private async publish({ text: number, unhold, draft }: Extract<Step, { do: 'publish' }>): Promise<void> {
    const text = String(number)
    const state = draft ? 'draft' : 'active'
    const wanted: Wanted = { id: 'a', text, state, status: 'active', expected: this.versions.length }
    const { releaseId, outcomes } = await this.registry.publish([wanted], { unhold })
    const same = this.newest?.text === text && this.newest.state !== 'removed'
    const unchanged = same && (this.newest?.state === state || draft)
    const expected = unchanged
      ? ['unchanged']
      : this.held.has(text) && !unhold
        ? ['held']
        : ['added', 'updated']
    expect(expected).toContain(outcomes[0]?.outcome)
    if (releaseId === null) return
    this.held.delete(text)
    this.versions.push({ text, state, release: releaseId })
  }

  private async rollback(to: number): Promise<void> {
    const target = this.versions[to - 1]
    const live = this.liveBefore(this.versions.length + 1)
    const isLive = live !== undefined && this.versions[live - 1]?.text === target?.text
    if (target?.state !== 'active' || isLive) return
    const { releaseId } = await this.registry.to('a', to)
    this.passOver(to)
    this.held.delete(target.text)
    this.versions.push({ ...target, release: releaseId })
  }

  private async undo(): Promise<void> {
    const undone = this.newest
    if (!undone) return
    const number = this.versions.length
    const live = this.liveBefore(number)
    const draft = this.versions[number - 2]?.state === 'draft' ? number - 1 : undefined
    const source = { draft: draft ?? live, removed: live ?? draft, active: live }[undone.state]
    const sourceIsNewest = source !== undefined && this.versions[source - 1]?.text === undone.text
    if (sourceIsNewest && this.versions[source - 1]?.state === undone.state) return
    if (source === undefined && undone.state === 'removed') return
    const { releaseId } = await this.registry.rollback({ release: undone.release })
    this.passOver(source ?? number - 1)
    const back = source === undefined ? undefined : this.versions[source - 1]
    // A draft that is rolled back becomes another draft: the live version stays, whatever content the drafts repeat.
    const stays =
      back?.state === 'draft' && live !== undefined && this.versions[live - 1]?.text === undone.text
    if (undone.state !== 'removed' && !stays) this.held.add(undone.text)
    if (back) this.held.delete(back.text)
    this.versions.push({ ...(back ?? { text: undone.text, state: 'removed' }), release: releaseId })
  }

  private passOver(from: number): void {
    for (const one of this.versions.slice(from)) if (one.state === 'active') this.held.add(one.text)
  }

  private async remove(): Promise<void> {
    if (!this.newest || this.newest.state === 'removed') return
    const live = this.liveBefore(this.versions.length + 1)
    const { text } = live === undefined ? this.newest : (this.versions[live - 1] as Version)
    const removals = [{ id: 'a', expectedVersion: this.versions.length }]
    const { releaseId } = await this.registry.publish([], { removals })
    this.versions.push({ text, state: 'removed', release: releaseId })
  }

  private async undelete(): Promise<void> {
    if (this.newest?.state !== 'removed') return
    const number = this.versions.length
    const draft = this.versions[number - 2]?.state === 'draft' ? number - 1 : undefined
    const source = this.liveBefore(number) ?? draft
    if (source === undefined) return
    const back = this.versions[source - 1] as Version
    const { releaseId } = await this.registry.undelete('a')
    this.held.delete(back.text)
    this.versions.push({ ...back, release: releaseId })
  }

  private async promote(): Promise<void> {
    if (this.newest?.state !== 'draft') return
    // A draft with held content was published with unhold, so it may go live.
    const { text } = this.newest
    const { releaseId } = await this.registry.promote('a')
    expect(this.held.has(text)).toBe(false)
    this.versions.push({ text, state: 'active', release: releaseId })
  }

  private async compare(): Promise<void> {
    if (this.versions.length === 0) return
    const head = await this.registry.head('a')
    const digests = [...this.held].map((text) => digestFor({ id: 'a', text }))
    expect([...head.hold].sort()).toEqual(digests.sort())
    if (head.version !== null) expect(head.hold).not.toContain(head.liveDigest)
  }
}
