import type { Placed } from './placed.ts'

/** A step as the command has it, before its texts are filled in. */
export interface Draft {
  id: string
  name: string
  /** As it is written; absent where the command's own session does the work. */
  agent?: string
  description?: string
  prompt: string
  /** True if the prompt is the section's text, because the source has no separate prompt. */
  isDescribed: boolean
  files: string[]
  /** Steps of one group run beside each other; each group waits for the one before. */
  group: number
  approval: boolean
  place: Placed
  /** Puts together what the group before has made. */
  consolidates: boolean
}

/** Notes on content that a plan cannot express, with the step that each belongs to. */
export interface DraftNote {
  field: string
  what: string
  why: string
  needs?: boolean
}

/** A command's steps in order. */
export interface Outline {
  drafts: Draft[]
  notes: DraftNote[]
  /** Sections whose text no step has. */
  left: string[]
}
