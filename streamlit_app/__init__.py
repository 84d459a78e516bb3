"""The Streamlit app: pages that show what the core package `digitscope` computes."""
