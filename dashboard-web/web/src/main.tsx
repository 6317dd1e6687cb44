import { render } from 'preact';
import { Store } from './core/store';
import './style.css';
import { App } from './ui/App';

const root = document.getElementById('app');
if (root) {
  const store = new Store();
  render(<App store={store} />, root);
  void store.open();
}
