/** The signs on the buttons, drawn: not every machine has a font with them. */
const icon = (path: string) => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="currentColor">
    <path d={path} />
  </svg>
);

export const PlayIcon = () => icon('M4 2.5v11l9-5.5z');
export const PauseIcon = () => icon('M4 2.5h3v11H4zM9 2.5h3v11H9z');
export const StepBackIcon = () => icon('M3 2.5h2v11H3zM13 2.5v11L6 8z');
export const StepOnIcon = () => icon('M11 2.5h2v11h-2zM3 2.5v11L10 8z');
export const CloseIcon = () =>
  icon('M3.5 2.4 8 6.9l4.5-4.5 1.1 1.1L9.1 8l4.5 4.5-1.1 1.1L8 9.1l-4.5 4.5-1.1-1.1L6.9 8 2.4 3.5z');
