import { readFileSync, readlinkSync, statfsSync } from 'node:fs'
import { hostname } from 'node:os'

/** Where a process runs: what its pid and a socket of its may be asked about. */
export interface Place {
  host: string
  /** The kernel's id of this start of the machine; containers of one machine share it. */
  boot?: string
  /** The namespace in which a pid means this process. */
  pids?: string
}

/** Where this process runs. Linux alone says more than the host's name. */
export function thisPlace(): Place {
  return {
    host: hostname(),
    boot: orUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pids: orUndefined(() => readlinkSync('/proc/self/ns/pid')),
  }
}

/** statfs(2) of file systems that another machine may have mounted: NFS, SMB, CIFS, FUSE, 9p, Ceph. */
const SHARED = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x00c36400])

/** Whether another machine may use the folder at the same time. */
export function isSharedFolder(folder: string): boolean {
  return orUndefined(() => SHARED.has(statfsSync(folder).type)) ?? true
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
