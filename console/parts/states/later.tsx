import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Skeleton } from './skeleton.tsx'

/** A part of the console that is loaded when it is first shown. */
export type Loading<Props = object> = () => Promise<{ default: ComponentType<Props> }>

/** A part as soon as it is loaded. */
export function useLoaded<Props>(load: Loading<Props>): ComponentType<Props> | undefined {
  const [loaded, setLoaded] = useState<{ load: Loading<Props>; part: ComponentType<Props> }>()
  useEffect(() => {
    let isWanted = true
    load().then(({ default: part }) => isWanted && setLoaded({ load, part }))
    return () => {
      isWanted = false
    }
  }, [load])
  return loaded?.load === load ? loaded.part : undefined
}

/** Shows a part as soon as it is loaded. */
export function Later({ load, isQuiet = false }: { load: Loading; isQuiet?: boolean }) {
  const Part = useLoaded(load)
  if (Part) return <Part />
  return isQuiet ? null : <Skeleton />
}
