import * as z from 'zod'
import { fields, maybe, number, whole } from './shape.ts'

/** What a run may use. Units: cores, MiB, devices, milliseconds, tokens, calls, US dollars, concurrent runs. */
export interface Resources {
  cpu: number
  memoryMb: number
  gpu: number
  timeoutMs: number
  maxTokens: number
  maxToolCalls: number
  maxCostUsd: number
  maxConcurrency: number
}

/** The limits of each preset. A custom profile takes its missing fields from `standard`. */
export const PRESETS: Readonly<Record<'small' | 'standard' | 'large', Resources>> = {
  small: {
    cpu: 0.5,
    memoryMb: 512,
    gpu: 0,
    timeoutMs: 60_000,
    maxTokens: 50_000,
    maxToolCalls: 25,
    maxCostUsd: 0.5,
    maxConcurrency: 2,
  },
  standard: {
    cpu: 1,
    memoryMb: 2048,
    gpu: 0,
    timeoutMs: 300_000,
    maxTokens: 200_000,
    maxToolCalls: 100,
    maxCostUsd: 2,
    maxConcurrency: 5,
  },
  large: {
    cpu: 4,
    memoryMb: 8192,
    gpu: 0,
    timeoutMs: 1_800_000,
    maxTokens: 1_000_000,
    maxToolCalls: 500,
    maxCostUsd: 20,
    maxConcurrency: 10,
  },
}

const limits = fields(() => ({
  cpu: maybe('Cores.', number(0.1, 16)),
  memoryMb: maybe('MiB of memory.', whole(128, 65_536)),
  gpu: maybe('Number of GPUs.', whole(0, 8)),
  timeoutMs: maybe('Milliseconds until a run times out.', whole(1000, 86_400_000)),
  maxTokens: maybe('Tokens of a run.', whole(1)),
  maxToolCalls: maybe('Tool calls of a run.', whole(1)),
  maxCostUsd: maybe('Cost of a run in US dollars.', z.number().positive()),
  maxConcurrency: maybe('Runs at the same time.', whole(1, 100)),
}))

/** The name of a preset, or custom limits. The registry's policy may lower them and takes precedence. */
export const resourceProfile = z.union([z.enum(['small', 'standard', 'large']), limits])

export type ResourceProfile = z.output<typeof resourceProfile>

/** The limits of a profile, with defaults filled in. */
export function resolveResources(profile: ResourceProfile | undefined): Resources {
  if (profile === undefined) return PRESETS.standard
  return typeof profile === 'string' ? PRESETS[profile] : { ...PRESETS.standard, ...profile }
}
