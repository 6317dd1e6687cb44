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
export const FitIcon = () => icon('M2 2h4.5v1.6H3.6v2.9H2zM9.5 2H14v4.5h-1.6V3.6H9.5zM2 9.5h1.6v2.9h2.9V14H2zM12.4 9.5H14V14H9.5v-1.6h2.9z');
export const SearchIcon = () => icon('M7 2a5 5 0 1 1-3 9l-.1-.1A5 5 0 0 1 7 2zm0 1.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8zm4.2 6.5 3 3-1.1 1.1-3-3z');
export const ThemeIcon = () => icon('M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 1.6v8.8a4.4 4.4 0 0 1 0-8.8z');
