import { useEffect, useState } from 'react';
import { ApiProblem, type Fault } from '../../api/problem.ts';
import { pause } from '../../platform/pause.ts';
import { type SeatModel, readSeatModel } from '../../seat-map/seat-model.ts';
import { type Layout, previewPlan } from '../api/events.ts';

const SETTLED_MS = 350;

export type Preview = {
  /** The last hall that could be drawn. */
  readonly model: SeatModel | null;
  /** Whether the model is what the form says now. */
  readonly isCurrent: boolean;
  readonly isDrawing: boolean;
  /** What the server found wrong with what the form says now. */
  readonly faults: readonly Fault[];
  readonly error: unknown;
};

const NONE: Preview = { model: null, isCurrent: false, isDrawing: false, faults: [], error: null };

/** Draws the hall a moment after it was last changed. `key` names the layout, so that the same is drawn once. */
export function usePreview(key: string, layout: Layout | null): Preview {
  const [drawn, setDrawn] = useState<{ key: string; preview: Preview }>({ key: '', preview: NONE });
  useEffect(() => {
    if (layout === null) return;
    const stopping = new AbortController();
    const { signal } = stopping;
    const draw = async () => {
      await pause(SETTLED_MS, signal);
      const model = readSeatModel(await previewPlan(layout, signal));
      setDrawn({ key, preview: { ...NONE, model, isCurrent: true } });
    };
    draw().catch((error: unknown) => {
      if (signal.aborted) return;
      const faults = error instanceof ApiProblem ? error.faults : [];
      setDrawn((before) => ({ key, preview: { ...before.preview, isCurrent: false, faults, error } }));
    });
    return () => stopping.abort();
    // The key stands for the layout.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key]);
  if (layout === null) return NONE;
  if (drawn.key === key) return drawn.preview;
  return { ...drawn.preview, isCurrent: false, isDrawing: true, error: null };
}
