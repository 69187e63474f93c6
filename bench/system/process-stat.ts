import { readFileSync } from 'node:fs';

/** Linux counts processor time for programs in hundredths of a second, whatever the kernel's own tick (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** Processor time that a process has had, with all its threads, in seconds; 0 where the system does not tell (not Linux). */
export function cpuSecondsOf(pid: number): number {
  const stat = readIfAny(`/proc/${pid}/stat`);
  // Counted after the name, which may hold anything: user time is field 14, system time field 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** Memory of a process that is in RAM, in bytes; 0 where the system does not tell. */
export function residentBytesOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readIfAny(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** How many files this process may have open, which its children inherit. */
export function openFilesMax(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(readIfAny('/proc/self/limits'))?.[1];
  return Number(soft ?? 1024);
}

function readIfAny(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
