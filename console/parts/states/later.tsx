import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Skeleton } from './skeleton.tsx'

/** A part of the console that is loaded when it is first shown. */
export type Loading = () => Promise<{ default: ComponentType }>

/** Shows a part as soon as it is loaded. */
export function Later({ load, isQuiet = false }: { load: Loading; isQuiet?: boolean }) {
  const [loaded, setLoaded] = useState<{ load: Loading; part: ComponentType }>()
  useEffect(() => {
    let isWanted = true
    load().then(({ default: part }) => isWanted && setLoaded({ load, part }))
    return () => {
      isWanted = false
    }
  }, [load])
  if (loaded?.load === load) return <loaded.part />
  return isQuiet ? null : <Skeleton />
}
